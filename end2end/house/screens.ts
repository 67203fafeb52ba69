// The two screens EchoNest is drawn for.

export const SCREENS = {
  desk: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const;

export type Screen = keyof typeof SCREENS;
