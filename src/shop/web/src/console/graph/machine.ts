// A state machine as a graph, read off its definition in the Amazon States Language.

export interface State {
  name: string;
  type: string; // Task, Choice, …
  comment?: string;
  regions: Region[]; // of a Parallel or a Map: what goes on within it
}

export type ArcKind = "next" | "choice" | "catch";

export interface Arc {
  from: string;
  to: string;
  kind: ArcKind;
}

export interface Region {
  start: string;
  states: State[];
  arcs: Arc[];
}

interface Definition {
  StartAt: string;
  States: Record<string, StateDefinition>;
}

interface StateDefinition {
  Type: string;
  Comment?: string;
  Next?: string;
  Default?: string;
  Choices?: { Next?: string }[];
  Catch?: { Next: string }[];
  Branches?: Definition[];
  ItemProcessor?: Definition;
  Iterator?: Definition;
}

function arcsOf(from: string, state: StateDefinition): Arc[] {
  const arcs: Arc[] = [];
  // Two ways to the same state are one arrow, the likelier kind's.
  const add = (to: string | undefined, kind: ArcKind) => {
    if (to !== undefined && !arcs.some((arc) => arc.to === to)) arcs.push({ from, to, kind });
  };
  add(state.Next, "next");
  for (const choice of state.Choices ?? []) add(choice.Next, "choice");
  add(state.Default, "choice");
  for (const each of state.Catch ?? []) add(each.Next, "catch");
  return arcs;
}

function regionOf(definition: Definition): Region {
  const all = Object.entries(definition.States);
  return {
    start: definition.StartAt,
    states: all.map(([name, state]) => {
      const inner = state.ItemProcessor ?? state.Iterator;
      const within = [...(state.Branches ?? []), ...(inner ? [inner] : [])];
      return {
        name,
        type: state.Type,
        ...(state.Comment && { comment: state.Comment }),
        regions: within.map(regionOf),
      };
    }),
    arcs: all.flatMap(([name, state]) => arcsOf(name, state)),
  };
}

export const machineOf = (definition: string): Region =>
  regionOf(JSON.parse(definition) as Definition);
