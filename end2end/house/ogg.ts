// What an Ogg Vorbis file says about itself, read without the program's help, so that a test can compare.
// By the Vorbis I specification, section 5 (comment header); the header is small and stands in the file's first pages.

import { open } from 'node:fs/promises';

export interface Tags {
  title?: string;
  artist?: string;
  album?: string;
}

/** Headers without pictures are far smaller. */
const READ_BYTES = 64 * 1024;
const COMMENT_HEADER = Buffer.from('\x03vorbis', 'latin1');
const PAGE = Buffer.from('OggS', 'latin1');
const SEGMENT_COUNT_AT = 26;

/** Empty for a file that has no comment header. */
export async function oggTags(file: string): Promise<Tags> {
  const stream = packets(await beginning(file));
  const at = stream.indexOf(COMMENT_HEADER);
  if (at < 0) {
    return {};
  }
  let place = at + COMMENT_HEADER.length;
  const number = () => {
    place += 4;
    return stream.readUInt32LE(place - 4);
  };
  const text = () => {
    const length = number();
    place += length;
    return stream.toString('utf8', place - length, place);
  };
  text(); // the encoder's name
  const comments = new Map<string, string>();
  for (let left = number(); left > 0; left -= 1) {
    const [name = '', ...value] = text().split('=');
    comments.set(name.toUpperCase(), value.join('='));
  }
  return { title: comments.get('TITLE'), artist: comments.get('ARTIST'), album: comments.get('ALBUM') };
}

async function beginning(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The bytes of the pages without the pages' own headers, which may stand in the middle of a comment. */
function packets(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let page = bytes.indexOf(PAGE);
  while (page >= 0 && page + SEGMENT_COUNT_AT < bytes.length) {
    const segments = bytes[page + SEGMENT_COUNT_AT] ?? 0;
    const sizes = bytes.subarray(page + SEGMENT_COUNT_AT + 1, page + SEGMENT_COUNT_AT + 1 + segments);
    const from = page + SEGMENT_COUNT_AT + 1 + segments;
    const to = from + sizes.reduce((sum, size) => sum + size, 0);
    parts.push(bytes.subarray(from, to));
    page = bytes.indexOf(PAGE, to);
  }
  return Buffer.concat(parts);
}
