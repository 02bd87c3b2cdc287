// The console's views by their addresses. Each is loaded when it is wanted, and the others once the
// first one stands.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { decoded } from "../route";

export interface ViewProps {
  rest: readonly string[]; // of the path, below the view
}

type ViewComponent = ComponentType<ViewProps>;

const kLoaders = {
  now: () => import("./views/now"),
  flow: () => import("./views/flow"),
  buckets: () => import("./views/buckets"),
  queues: () => import("./views/queues"),
  deadLetters: () => import("./views/dead_letters"),
  workflows: () => import("./views/workflows"),
  functions: () => import("./views/functions"),
  sales: () => import("./views/sales"),
  load: () => import("./views/load"),
};
export type ViewName = keyof typeof kLoaders;

const kNames = Object.keys(kLoaders) as ViewName[];
const loaded = new Map<ViewName, ViewComponent>();

const segmentOf = (name: ViewName): string =>
  name === "now" ? "" : name === "deadLetters" ? "dead-letters" : name;

const kRoot = "/console";
export const kViews = kNames.map((name) => ({ name, path: pathOf(name) }));

export function pathOf(name: ViewName, ...rest: string[]): string {
  const view = segmentOf(name);
  // An empty segment behind the view counts: "invoices/" is a folder, "invoices" an object.
  return [kRoot, ...(view ? [view] : []), ...rest.map(encodeURIComponent)].join("/");
}

export function viewAt(path: string): { name: ViewName | undefined; rest: string[] } {
  const [first = "", ...rest] = path.replace(/^\/console\/?/, "").split("/").map(decoded);
  return { name: kNames.find((name) => segmentOf(name) === first), rest };
}

async function load(name: ViewName): Promise<ViewComponent> {
  const view = (await kLoaders[name]()).default;
  loaded.set(name, view);
  return view;
}

const kIdle = 2_000; // ms after the first view, for the others

// Undefined while it is on its way, and null if it didn't come.
export function useView(name: ViewName | undefined): ViewComponent | null | undefined {
  const [failed, setFailed] = useState<ViewName | undefined>();
  const [, setRound] = useState(0);
  useEffect(() => {
    if (name === undefined || loaded.has(name)) return;
    load(name).then(
      () => {
        setRound((round) => round + 1);
        setTimeout(loadOthers, kIdle);
      },
      () => setFailed(name),
    );
  }, [name]);
  return name && (loaded.get(name) ?? (name === failed ? null : undefined));
}

// One that doesn't come is asked for again when it is wanted.
function loadOthers(): void {
  for (const name of kNames) if (!loaded.has(name)) load(name).catch(() => {});
}
