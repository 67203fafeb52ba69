// What a camera reads off a picture of the page.

import jsQR from 'jsqr';
import { PNG } from 'pngjs';

export function scan(picture: Buffer): string | undefined {
  const { data, width, height } = PNG.sync.read(picture);
  return jsQR(new Uint8ClampedArray(data), width, height)?.data;
}
