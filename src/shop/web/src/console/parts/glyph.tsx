// The console's pictures. The words beside them say the same.

const kPaths = {
  now: "M3 12h4l3-7 4 14 3-7h4",
  flow: "M4 5h5v5H4zM15 4h5v5h-5zM15 15h5v5h-5zM9 7.5h6M12 7.5v10h3",
  buckets: "M4 6c0-1.4 3.6-2.5 8-2.5S20 4.6 20 6s-3.6 2.5-8 2.500S4 7.4 4 6zM4 6l1.7 12.500c.2 1.2 3 2 6.3 2s6.1-.8 6.3-2L20 6",
  queues: "M4 6h16M4 12h16M4 18h10",
  deadLetters: "M4 7h16v11H4zM4 8l8 6 8-6",
  workflows: "M9.5 3.500h5v4h-5zM3.5 16.500h5v4h-5zM15.5 16.500h5v4h-5zM12 7.500v4.500M6 16.500V12h12v4.5",
  functions: "M8 20l4.5-11M7 4h2.500L17 20h2",
  sales: "M5 20v-7M10 20V6M15 20v-9M20 20V4",
  load: "M4 17a8.5 8.5 0 1 1 16 0M12 15l4-5",
  check: "M5 12.500l4.5 4.500L19 7.5",
  cross: "M7 7l10 10M17 7L7 17",
  alert: "M12 4l9 16H3zM12 10v4.500M12 17.300v.2",
  card: "M3.500 6h17v12h-17zM3.500 10h17M6.500 14.500h4",
  stop: "M7 7h10v10H7z",
  clock: "M12 3.500a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM12 7.500V12l3 2",
  running: "M12 3.500a8.5 8.5 0 0 1 8.5 8.500M20.5 12a8.5 8.5 0 1 1-8.5-8.5",
  redo: "M20 5v5h-5M19.5 10A8 8 0 1 0 20 14",
  upload: "M12 16V5M7.5 9.500L12 5l4.5 4.500M5 19h14",
  download: "M12 5v11M7.5 11.500L12 16l4.5-4.500M5 19h14",
  folder: "M3.5 18.500v-13h6l2 2.500h9v10.500z",
  file: "M6 3.500h8l4 4v13H6zM14 3.500v4h4",
  trash: "M5 7h14M10 7V4.500h4V7M7 7l1 13h8l1-13",
  menu: "M4 7h16M4 12h16M4 17h16",
  shop: "M5 10v10h14V10M3.5 9.500L5.5 4h13l2 5.500zM10 20v-5h4v5",
  topic: "M5 10v4h3l7 4.500v-13L8 10zM18 9.500a4 4 0 0 1 0 5",
  database: "M5 6.500C5 5 8 4 12 4s7 1 7 2.500S16 9 12 9 5 8 5 6.500zM5 6.500v11C5 19 8 20 12 20s7-1 7-2.500v-11M5 12c0 1.5 3 2.5 7 2.500s7-1 7-2.5",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  right: "M9 5l7 7-7 7",
  play: "M8 5l11 7-11 7z",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13zM15.5 15.500L20 20",
} as const;

export type GlyphName = keyof typeof kPaths;

export function Glyph({ name }: { name: GlyphName }) {
  return (
    <svg class="icon glyph" viewBox="0 0 24 24" aria-hidden="true">
      <path d={kPaths[name]} />
    </svg>
  );
}

// To be put into another picture, where it takes 24 by 24 units.
export const glyphPath = (name: GlyphName): string => kPaths[name];
