// The system as a picture: its parts, what flows between them, and where each stands, on a wide page
// and on a narrow one.
import { deletedFrom, publishedTo, receivedFrom, sentTo, workflow } from "./metric_names";
import type { GlyphName } from "./parts/glyph";
import { nameIn, queueOf, type Role, type System, type SystemQueue } from "./system";

export type PartId =
  | "shop"
  | "orders"
  | "ordersDlq"
  | "workflow"
  | "bucket"
  | "topic"
  | "shipping"
  | "shippingDlq"
  | "ship"
  | "shippingDb"
  | "analytics"
  | "analyticsDlq"
  | "record"
  | "analyticsDb";

export type PartKind =
  | "shop"
  | "queue"
  | "deadLetters"
  | "workflow"
  | "bucket"
  | "topic"
  | "function"
  | "database";

export interface Part {
  id: PartId;
  kind: PartKind;
  name: string;
  queue?: SystemQueue; // that it is, takes from or is the rest of
}

export interface Arrow {
  from: PartId;
  to: PartId;
  metric?: string; // a counter of what passes
  rest?: boolean; // for what failed
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Map {
  width: number;
  height: number;
  boxes: Record<PartId, Box>;
}

export const kGlyphs: Record<PartKind, GlyphName> = {
  shop: "shop",
  queue: "queues",
  deadLetters: "deadLetters",
  workflow: "workflows",
  bucket: "buckets",
  topic: "topic",
  function: "functions",
  database: "database",
};

const kFulfilment = [
  { role: "shipping", dlq: "shippingDlq", function: "ship", database: "shippingDb" },
  { role: "analytics", dlq: "analyticsDlq", function: "record", database: "analyticsDb" },
] as const;
const kConsumers = {
  shipping: "ShipInvoices",
  analytics: "RecordSales",
} as const;
const kDatabases = { shipping: "shipping.db", analytics: "sales.db" } as const;

function queueParts(system: System, role: Role, dlq: PartId): Part[] {
  const queue = queueOf(system, role);
  if (!queue) return [];
  return [
    { id: role, kind: "queue", name: queue.name, queue },
    { id: dlq, kind: "deadLetters", name: queue.dead_letter_name, queue },
  ];
}

export function partsOf(system: System): Part[] {
  return [
    { id: "shop", kind: "shop", name: "/submit-order" },
    ...queueParts(system, "orders", "ordersDlq"),
    { id: "workflow", kind: "workflow", name: nameIn(system.state_machine_arn) },
    { id: "bucket", kind: "bucket", name: system.bucket },
    { id: "topic", kind: "topic", name: nameIn(system.topic_arn) },
    ...kFulfilment.flatMap((half): Part[] => {
      const queue = queueOf(system, half.role);
      return [
        ...queueParts(system, half.role, half.dlq),
        {
          id: half.function,
          kind: "function",
          name: kConsumers[half.role],
          ...(queue && { queue }),
        },
        { id: half.database, kind: "database", name: kDatabases[half.role] },
      ];
    }),
  ];
}

export function arrowsOf(system: System): Arrow[] {
  const name = (role: Role) => queueOf(system, role)?.name ?? "";
  const all: Arrow[] = [
    { from: "shop", to: "orders", metric: sentTo(name("orders")) },
    { from: "orders", to: "workflow", metric: workflow(system, "ExecutionsStarted") },
    { from: "orders", to: "ordersDlq", rest: true },
    { from: "workflow", to: "bucket", metric: workflow(system, "ExecutionsSucceeded") },
    { from: "bucket", to: "topic", metric: publishedTo(nameIn(system.topic_arn)) },
    ...kFulfilment.flatMap(({ role, dlq, function: consumer, database }): Arrow[] => [
      { from: "topic", to: role, metric: sentTo(name(role)) },
      { from: role, to: consumer, metric: receivedFrom(name(role)) },
      { from: role, to: dlq, rest: true },
      { from: consumer, to: database, metric: deletedFrom(name(role)) },
    ]),
  ];
  const parts = new Set(partsOf(system).map((part) => part.id));
  return all.filter(({ from, to }) => parts.has(from) && parts.has(to));
}

// Queues stand over their dead letters, consumers over their databases.
export const kWideMap: Map = {
  width: 1384,
  height: 484,
  boxes: {
    shop: { x: 4, y: 138, width: 126, height: 88 },
    orders: { x: 182, y: 138, width: 150, height: 88 },
    ordersDlq: { x: 182, y: 268, width: 150, height: 88 },
    workflow: { x: 386, y: 138, width: 202, height: 88 },
    bucket: { x: 642, y: 138, width: 144, height: 88 },
    topic: { x: 840, y: 138, width: 144, height: 88 },
    shipping: { x: 1038, y: 6, width: 160, height: 88 },
    shippingDlq: { x: 1038, y: 126, width: 160, height: 88 },
    ship: { x: 1252, y: 6, width: 128, height: 88 },
    shippingDb: { x: 1252, y: 126, width: 128, height: 88 },
    analytics: { x: 1038, y: 270, width: 160, height: 88 },
    analyticsDlq: { x: 1038, y: 390, width: 160, height: 88 },
    record: { x: 1252, y: 270, width: 128, height: 88 },
    analyticsDb: { x: 1252, y: 390, width: 128, height: 88 },
  },
};

export const kNarrowMap: Map = {
  width: 356,
  height: 1142,
  boxes: {
    shop: { x: 14, y: 4, width: 158, height: 88 },
    orders: { x: 14, y: 132, width: 158, height: 88 },
    ordersDlq: { x: 196, y: 132, width: 156, height: 88 },
    workflow: { x: 14, y: 260, width: 202, height: 88 },
    bucket: { x: 14, y: 388, width: 158, height: 88 },
    topic: { x: 14, y: 516, width: 158, height: 88 },
    shipping: { x: 14, y: 644, width: 158, height: 88 },
    ship: { x: 14, y: 772, width: 158, height: 88 },
    shippingDb: { x: 14, y: 900, width: 158, height: 88 },
    shippingDlq: { x: 14, y: 1028, width: 158, height: 88 },
    analytics: { x: 184, y: 644, width: 158, height: 88 },
    record: { x: 184, y: 772, width: 158, height: 88 },
    analyticsDb: { x: 184, y: 900, width: 158, height: 88 },
    analyticsDlq: { x: 184, y: 1028, width: 158, height: 88 },
  },
};

export interface Route {
  path: string;
  label: { x: number; y: number; anchor: "middle" | "start" };
}

const kBeside = 20; // between two that an arrow has room between

// From side to side where one stands well right of the other, else from bottom to top; around what
// stands between.
export function routeOf(from: Box, to: Box): Route {
  const [fromMiddle, toMiddle] = [from.y + from.height / 2, to.y + to.height / 2];
  if (to.x >= from.x + from.width + kBeside) {
    const [x1, x2] = [from.x + from.width, to.x - 7];
    const bend = (x2 - x1) / 2;
    const path = `M${x1} ${fromMiddle}C${x1 + bend} ${fromMiddle} ${x2 - bend} ${toMiddle} ${x2} ${toMiddle}`;
    const slanted = Math.abs(toMiddle - fromMiddle) > 8;
    const y = slanted ? toMiddle + (toMiddle < fromMiddle ? -9 : 19) : toMiddle - 9;
    return { path, label: { x: (x1 + x2) / 2, y, anchor: "middle" } };
  }
  const [x1, x2] = [from.x + from.width / 2, to.x + to.width / 2];
  const [y1, y2] = [from.y + from.height, to.y - 7];
  if (y2 - y1 < 120) {
    const bend = (y2 - y1) / 2;
    const path = `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
    return { path, label: { x: x2 + 9, y: y2 - 6, anchor: "start" } };
  }
  const right = x1 > 178;
  const [side, way] = right ? [from.x + from.width, 1] : [from.x, -1];
  const out = side + way * 14;
  const path = `M${side} ${fromMiddle}C${out} ${fromMiddle} ${out} ${fromMiddle + 20} ${out} ${fromMiddle + 40}V${toMiddle - 20}C${out} ${toMiddle} ${out} ${toMiddle} ${side + way * 7} ${toMiddle}`;
  return { path, label: { x: out, y: toMiddle, anchor: "middle" } };
}
