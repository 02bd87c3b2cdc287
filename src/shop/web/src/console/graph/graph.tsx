// The picture of a state machine, coloured by what happened in an execution.
import { useEffect, useMemo, useRef } from "preact/hooks";
import { fitted, Tip } from "../parts/drawing";
import { glyphPath, type GlyphName } from "../parts/glyph";
import { useWords } from "../words";
import { layOut, type Picture, type PlacedState } from "./layout";
import type { Region } from "./machine";
import { outcomesOf, waysTaken, type Outcome, type Visit } from "./visits";

export const kOutcomeGlyphs: Record<Outcome, GlyphName> = {
  succeeded: "check",
  caught: "alert",
  failed: "cross",
  declined: "card",
  aborted: "stop",
  running: "running",
};

interface GraphProps {
  machine: Region;
  visits: readonly Visit[];
  chosen?: string | undefined; // the name of a state
  onChoose: (name: string) => void;
}

const arcKeys = (picture: Picture): string[] => [
  ...picture.arcs.map(({ from, to }) => `${from}→${to}`),
  ...picture.states.flatMap(({ within }) => within.flatMap((each) => arcKeys(each.picture))),
];

export function Graph({ machine, visits, chosen, onChoose }: GraphProps) {
  const { words } = useWords();
  const picture = useMemo(() => layOut(machine), [machine]);
  const outcomes = useMemo(() => outcomesOf(visits), [visits]);
  const taken = useMemo(
    () => waysTaken(visits, new Set(arcKeys(picture))),
    [visits, picture],
  );
  const shown: Shown = { outcomes, taken, chosen, onChoose };
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => bringIntoSight(box.current), [chosen]);
  return (
    <div ref={box} class="wide" role="group" aria-label={words.flows.graph} tabIndex={0}>
      <svg
        class="graph"
        viewBox={`0 0 ${picture.width} ${picture.height}`}
        style={{ width: `${picture.width}px` }}
      >
        <defs>
          <Tip id="arc-tip" />
          <Tip id="arc-tip-taken" />
        </defs>
        <PictureGroup picture={picture} shown={shown} />
      </svg>
    </div>
  );
}

// Where the graph is wider than its box, sideways only: the page stays where it is.
function bringIntoSight(box: HTMLDivElement | null): void {
  const state = box?.querySelector(".state.chosen");
  if (!box || !state) return;
  const [around, of] = [box.getBoundingClientRect(), state.getBoundingClientRect()];
  box.scrollLeft += of.left + of.width / 2 - (around.left + around.width / 2);
}

interface Shown {
  outcomes: Map<string, Outcome>;
  taken: ReadonlySet<string>;
  chosen: string | undefined;
  onChoose: (name: string) => void;
}

function PictureGroup({ picture, shown }: { picture: Picture; shown: Shown }) {
  return (
    <>
      {picture.arcs.map(({ from, to, kind, path }) => {
        const key = `${from}→${to}`;
        const taken = shown.taken.has(key);
        return (
          <path
            key={key}
            class={taken ? `arc ${kind} taken` : `arc ${kind}`}
            d={path}
            marker-end={taken ? "url(#arc-tip-taken)" : "url(#arc-tip)"}
          />
        );
      })}
      {picture.states.map((placed) => (
        <StateBox key={placed.state.name} placed={placed} shown={shown} />
      ))}
    </>
  );
}

function StateBox({ placed, shown }: { placed: PlacedState; shown: Shown }) {
  const { words } = useWords();
  const { state, x, y, width, height, within } = placed;
  const outcome = shown.outcomes.get(state.name);
  const choose = () => shown.onChoose(state.name);
  const fared = outcome ? words.outcome[outcome] : words.flows.notReached;
  const said = `${state.name} ${state.type}, ${fared}`;
  return (
    <>
      <g
        class={`state ${outcome ?? "untouched"} ${state.name === shown.chosen ? "chosen" : ""}`}
        role="button"
        tabIndex={0}
        aria-label={said}
        aria-pressed={state.name === shown.chosen}
        data-state={state.name}
        onClick={choose}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          choose();
        }}
      >
        <rect x={x} y={y} width={width} height={height} rx={state.type === "Choice" ? 26 : 10} />
        {outcome && (
          <path
            class="state-sign"
            d={glyphPath(kOutcomeGlyphs[outcome])}
            transform={`translate(${x + 12} ${y + 15}) scale(0.9)`}
          />
        )}
        <text class="state-name" x={x + (outcome ? 42 : 18)} y={y + 23}>
          {fitted(state.name, width - 58)}
        </text>{" "}
        <text class="state-type" x={x + (outcome ? 42 : 18)} y={y + 40}>
          {state.type}
        </text>
      </g>
      {within.map((inner, at) => (
        <g key={at} transform={`translate(${x + inner.x} ${y + inner.y})`}>
          <PictureGroup picture={inner.picture} shown={shown} />
        </g>
      ))}
    </>
  );
}
