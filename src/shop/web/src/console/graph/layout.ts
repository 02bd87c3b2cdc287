// Where each state of a graph stands: in layers from the top down, as in Sugiyama's method. A state
// that has others within it is as large as they need.
import type { Arc, ArcKind, Region, State } from "./machine";

export interface PlacedState {
  state: State;
  x: number; // its left edge
  y: number;
  width: number;
  height: number;
  within: { picture: Picture; x: number; y: number }[];
}

export interface PlacedArc {
  from: string;
  to: string;
  kind: ArcKind;
  path: string; // of an SVG
}

export interface Picture {
  width: number;
  height: number;
  states: PlacedState[];
  arcs: PlacedArc[];
}

// A state, or a place that a long arc passes through a layer at.
interface Node {
  name: string;
  width: number;
  height: number;
  layer: number;
  x: number; // its middle
  y: number; // its top
  above: Node[];
  below: Node[];
  placed?: Omit<PlacedState, "x" | "y">;
}

const kLetter = 8.2; // about a letter's width
const kStateHeight = 52;
const kWidthMin = 132;
const kWidthMax = 320;
const kBetween = 26; // states of a layer
const kBetweenLayers = 46;
const kMargin = 10;
const kHead = 40; // over what is within a state
const kWaypoint = 12; // wide
const kSweeps = 12;

function sizeOf(state: State): Omit<PlacedState, "x" | "y"> {
  const label = 64 + state.name.length * kLetter;
  const width = Math.max(kWidthMin, Math.min(kWidthMax, label));
  if (state.regions.length === 0) return { state, width, height: kStateHeight, within: [] };
  const within = [];
  let x = kMargin;
  for (const region of state.regions) {
    const picture = layOut(region);
    within.push({ picture, x, y: kHead });
    x += picture.width + kMargin;
  }
  const tallest = Math.max(...within.map(({ picture }) => picture.height));
  return { state, width: Math.max(width, x), height: kHead + tallest + kMargin, within };
}

// The arcs that lead back to a state that is on the way to them.
function backArcs({ start, states, arcs }: Region): Set<Arc> {
  const back = new Set<Arc>();
  const seen = new Set<string>();
  const open = new Set<string>();
  const visit = (name: string) => {
    seen.add(name);
    open.add(name);
    for (const arc of arcs.filter(({ from }) => from === name)) {
      if (open.has(arc.to)) back.add(arc);
      else if (!seen.has(arc.to)) visit(arc.to);
    }
    open.delete(name);
  };
  visit(start);
  for (const { name } of states) if (!seen.has(name)) visit(name);
  return back;
}

interface Way {
  arc: Arc;
  upper: string;
  lower: string;
  nodes: Node[];
}

// As deep as the longest way to it from a state that no way leads to. A state's layer is known once
// those of all above it are: as Kahn's algorithm goes, each way is followed once.
function layersOf(region: Region, ways: readonly Way[]): Map<string, number> {
  const above = new Map(region.states.map(({ name }) => [name, 0])); // ways that aren't gone yet
  for (const { lower } of ways) above.set(lower, (above.get(lower) ?? 0) + 1);
  const layers = new Map<string, number>();
  const known = [...above].filter(([, count]) => count === 0).map(([name]) => name);
  for (const name of known) {
    const layer = layers.get(name) ?? 0;
    layers.set(name, layer);
    for (const { lower } of ways.filter(({ upper }) => upper === name)) {
      layers.set(lower, Math.max(layers.get(lower) ?? 0, layer + 1));
      const left = (above.get(lower) ?? 0) - 1;
      above.set(lower, left);
      if (left === 0) known.push(lower);
    }
  }
  return layers;
}

function nodesOf(region: Region, layers: Map<string, number>): Map<string, Node> {
  return new Map(
    region.states.map((state) => {
      const placed = sizeOf(state);
      const { width, height } = placed;
      const layer = layers.get(state.name) ?? 0;
      const node: Node = { name: state.name, width, height, layer, x: 0, y: 0, above: [], below: [], placed };
      return [state.name, node];
    }),
  );
}

const waypoint = (name: string, layer: number): Node => ({
  name,
  width: kWaypoint,
  height: 0,
  layer,
  x: 0,
  y: 0,
  above: [],
  below: [],
});

// Leads each way through all layers between its ends, and returns the rows.
function rowsOf(nodes: Map<string, Node>, ways: readonly Way[]): Node[][] {
  const rows: Node[][] = [];
  const add = (node: Node) => (rows[node.layer] ??= []).push(node);
  nodes.forEach(add);
  for (const way of ways) {
    const [upper, lower] = [nodes.get(way.upper), nodes.get(way.lower)];
    if (!upper || !lower) continue;
    way.nodes = [upper];
    for (let layer = upper.layer + 1; layer < lower.layer; layer++) {
      const passed = waypoint(`${way.upper}→${way.lower}`, layer);
      add(passed);
      way.nodes.push(passed);
    }
    way.nodes.push(lower);
    way.nodes.forEach((node, at) => {
      const next = way.nodes[at + 1];
      if (!next) return;
      node.below.push(next);
      next.above.push(node);
    });
  }
  return rows;
}

const meanOf = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;

// Each layer in the order in which its neighbours stand, down and up again, so that few arcs cross.
function order(rows: readonly Node[][]): void {
  const place = (row: Node[]) => row.forEach((node, at) => (node.x = at));
  rows.forEach(place);
  for (let sweep = 0; sweep < kSweeps; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      const wish = new Map(
        row.map((node) => [
          node,
          meanOf((down ? node.above : node.below).map(({ x }) => x)) ?? node.x,
        ]),
      );
      row.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
      place(row);
    }
  }
}

// Puts a row's nodes as near as may be to where they wish to be, in their order and apart.
function settle(row: readonly Node[], wish: (node: Node) => number): void {
  const apart = (a: Node, b: Node) => (a.width + b.width) / 2 + kBetween;
  const wished = row.map(wish);
  const fromLeft: number[] = [];
  const fromRight: number[] = [];
  row.forEach((node, at) => {
    const before = row[at - 1];
    const least = before ? (fromLeft[at - 1] ?? 0) + apart(before, node) : -Infinity;
    fromLeft[at] = Math.max(wished[at] ?? 0, least);
  });
  for (let at = row.length - 1; at >= 0; at--) {
    const [node, after] = [row[at], row[at + 1]];
    const most = node && after ? (fromRight[at + 1] ?? 0) - apart(node, after) : Infinity;
    fromRight[at] = Math.min(wished[at] ?? 0, most);
  }
  // The middle of two lawful placements is lawful.
  row.forEach((node, at) => (node.x = ((fromLeft[at] ?? 0) + (fromRight[at] ?? 0)) / 2));
}

function align(rows: readonly Node[][]): void {
  for (const row of rows) settle(row, ({ x }) => x * (kWidthMin + kBetween));
  for (let sweep = 0; sweep < kSweeps; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      settle(row, (node) => {
        const near = down ? node.above : node.below;
        return meanOf(near.map(({ x }) => x)) ?? node.x;
      });
    }
  }
}

function stack(rows: readonly Node[][]): number {
  let y = kMargin;
  for (const row of rows) {
    const height = Math.max(...row.map((node) => node.height));
    for (const node of row) {
      if (!node.placed) node.height = height; // a waypoint leads through all of its layer
      node.y = y + (height - node.height) / 2;
    }
    y += height + kBetweenLayers;
  }
  return y - kBetweenLayers + kMargin;
}

const kTip = 7; // of the arrow

// From the lower edge of the upper end, through the waypoints, to the upper edge of the lower end; an
// arc that leads back is drawn the other way round.
function pathOf({ arc, upper, nodes }: Way): string {
  const points = nodes.flatMap(({ x, y, height }, at): [number, number][] => [
    ...(at > 0 ? [[x, y] satisfies [number, number]] : []),
    ...(at < nodes.length - 1 ? [[x, y + height] satisfies [number, number]] : []),
  ]);
  const back = arc.from !== upper;
  const last = back ? 0 : points.length - 1;
  const end = points[last];
  if (end) points[last] = [end[0], end[1] + (back ? kTip : -kTip)];
  if (back) points.reverse();
  return points
    .map(([x, y], at) => {
      const before = points[at - 1];
      if (!before) return `M${round(x)} ${round(y)}`;
      const half = (y - before[1]) / 2;
      return `C${round(before[0])} ${round(before[1] + half)} ${round(x)} ${round(y - half)} ${round(x)} ${round(y)}`;
    })
    .join("");
}

const round = (value: number): number => Math.round(value * 10) / 10;

export function layOut(region: Region): Picture {
  const back = backArcs(region);
  const ways = region.arcs
    .filter(({ from, to }) => from !== to)
    .map((arc): Way => {
      const [upper, lower] = back.has(arc) ? [arc.to, arc.from] : [arc.from, arc.to];
      return { arc, upper, lower, nodes: [] };
    });
  const nodes = nodesOf(region, layersOf(region, ways));
  const rows = rowsOf(nodes, ways);
  order(rows);
  align(rows);
  const height = stack(rows);
  const all = rows.flat();
  const left = Math.min(...all.map(({ x, width }) => x - width / 2)) - kMargin;
  const right = Math.max(...all.map(({ x, width }) => x + width / 2)) + kMargin;
  for (const node of all) node.x -= left;
  return {
    width: right - left,
    height,
    states: [...nodes.values()].flatMap(({ placed, x, y }) =>
      placed ? [{ ...placed, x: x - placed.width / 2, y }] : [],
    ),
    arcs: ways
      .filter((way) => way.nodes.length > 0)
      .map((way) => ({ ...way.arc, path: pathOf(way) })),
  };
}
