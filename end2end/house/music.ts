// The music of the tests: a folder of short, soft tones, written as WAV files that are named like people name them.
// Owns which songs there are and how long they last; knows nothing of the program that plays them.

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface Song {
  artist: string;
  title: string;
  seconds: number;
}

function song(artist: string, title: string, seconds: number): Song {
  return { artist, title, seconds };
}

/** Songs that outlast any test that plays them. */
export const LONG = {
  harbour: song('The Paper Lanterns', 'Harbour Lights', 90),
  blueHour: song('Nora Vale', 'Blue Hour', 90),
  slowTrain: song('Nora Vale', 'Slow Train', 90),
  clouds: song('Béla Strand', 'Café Clouds', 90),
  winter: song('Béla Strand', 'Winter Coat', 90),
  orchard: song('Orchard & Sons', 'Apple Rain', 90),
};

/** Songs that end while a test watches. */
export const SHORT = {
  spark: song('Tin Robins', 'First Spark', 20),
  wind: song('Tin Robins', 'Second Wind', 8),
  rail: song('Tin Robins', 'Third Rail', 8),
};

export const SONGS: readonly Song[] = [...Object.values(LONG), ...Object.values(SHORT)];

/** A file that calls itself music and is none. */
export const CORRUPT_FILE = 'Nobody - Broken Record.wav';

const SAMPLE_RATE = 16_000;
const BYTES_PER_SAMPLE = 2;
const HEADER_BYTES = 44;
const PCM = 1;
const MONO = 1;
/** Of full scale: soft, should somebody run the tests with their speakers on. */
const LOUDNESS = 0.05;
const LOWEST_TONE_HZ = 196;
const SEMITONE = 2 ** (1 / 12);

/** Writes these songs, by default the whole collection, and one corrupt file into `folder`. */
export async function writeMusic(folder: string, songs: readonly Song[] = SONGS): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all([
    ...songs.map((song, place) => writeFile(path.join(folder, fileName(song)), wave(song.seconds, place))),
    writeFile(path.join(folder, CORRUPT_FILE), 'This is a letter, not a song.'),
  ]);
}

function fileName(song: Song): string {
  return `${song.artist} - ${song.title}.wav`;
}

/** A tone of so many seconds, `step` semitones above the lowest. */
function wave(seconds: number, step: number): Buffer {
  const samples = seconds * SAMPLE_RATE;
  const bytes = samples * BYTES_PER_SAMPLE;
  const file = Buffer.alloc(HEADER_BYTES + bytes);
  file.write('RIFF', 0, 'ascii');
  file.writeUInt32LE(HEADER_BYTES - 8 + bytes, 4);
  file.write('WAVEfmt ', 8, 'ascii');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(PCM, 20);
  file.writeUInt16LE(MONO, 22);
  file.writeUInt32LE(SAMPLE_RATE, 24);
  file.writeUInt32LE(SAMPLE_RATE * BYTES_PER_SAMPLE, 28);
  file.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  file.writeUInt16LE(BYTES_PER_SAMPLE * 8, 34);
  file.write('data', 36, 'ascii');
  file.writeUInt32LE(bytes, 40);
  const turn = (2 * Math.PI * LOWEST_TONE_HZ * SEMITONE ** step) / SAMPLE_RATE;
  for (let n = 0; n < samples; n += 1) {
    const level = Math.sin(n * turn) * LOUDNESS * 32_767;
    file.writeInt16LE(Math.round(level), HEADER_BYTES + n * BYTES_PER_SAMPLE);
  }
  return file;
}
