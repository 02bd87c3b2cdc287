// Values over time. What is new goes into the chart that is there.
import { useEffect, useRef, useState } from "preact/hooks";
import { compact } from "../form";
import { lastOf } from "../metrics";
import { useWords } from "../words";
import type { PlotData, PlotTone } from "./plot";

export interface Line {
  label: string;
  values: (number | null)[];
  tone?: PlotTone; // else by its place
}

export interface ChartProps {
  title: string;
  times: number[]; // seconds of the epoch
  lines: readonly Line[];
  show: (value: number, locale: string) => string;
  axis?: (value: number, locale: string) => string;
  bars?: boolean;
  least?: number; // seconds that lines reach back at least
  step?: number; // seconds between two values
  height?: number;
  when: (at: number, locale: string) => string; // the time that the cursor is at
}

const kOrder: readonly PlotTone[] = ["a", "b", "c", "d"];
const toneOf = ({ tone }: Line, at: number): PlotTone => tone ?? kOrder[at % kOrder.length] ?? "a";

type Handle = Awaited<ReturnType<typeof start>>;

async function start(...given: Parameters<(typeof import("./plot"))["plot"]>) {
  const { plot } = await import("./plot");
  return plot(...given);
}

// Counted up when the reader turns to dark or light: a canvas doesn't follow by itself.
function useScheme(): number {
  const [turns, setTurns] = useState(0);
  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const turn = () => setTurns((count) => count + 1);
    dark.addEventListener("change", turn);
    return () => dark.removeEventListener("change", turn);
  }, []);
  return turns;
}

export function Chart(props: ChartProps) {
  const { times, lines, show, axis, bars = false, least = 600, step = 60, height = 168 } = props;
  const { locale } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const handle = useRef<Handle | null>(null);
  const [cursor, setCursor] = useState<number | undefined>();
  const scheme = useScheme();
  const summary = useSummary(props);
  const data: PlotData = [times, ...lines.map((line) => line.values)];
  const latest = useRef(data);
  latest.current = data;

  useEffect(() => {
    const into = box.current;
    if (!into) return undefined;
    let left = false;
    const label = axis ?? show;
    const options = {
      lines: lines.map((line, at) => ({ label: line.label, tone: toneOf(line, at) })),
      bars,
      least,
      step,
      locale,
      label: (value: number) => label(value, locale),
      whole: label === compact, // as counts are written
      width: into.clientWidth,
      height,
      onCursor: setCursor,
    };
    void start(into, options, latest.current).then((made) => {
      if (left) return made.destroy();
      handle.current = made;
      return made.setData(latest.current);
    });
    const sizes = new ResizeObserver(() => {
      handle.current?.setSize({ width: into.clientWidth, height });
    });
    sizes.observe(into);
    return () => {
      left = true;
      sizes.disconnect();
      handle.current?.destroy();
      handle.current = null;
    };
  }, [locale, scheme, bars, least, step, height, lines.map((line) => line.label).join("\n")]);

  useEffect(() => handle.current?.setData(data), [times, ...lines.map((line) => line.values)]);

  return (
    <figure class="chart">
      <ul class="legend" aria-hidden="true">
        {lines.map((line, at) => {
          const value = cursor === undefined ? lastOf(line.values) : line.values[cursor];
          return (
            <li key={line.label} class={`tone-${toneOf(line, at)}`}>
              {line.label} <strong>{value == null ? "–" : show(value, locale)}</strong>
            </li>
          );
        })}
        {cursor !== undefined && times[cursor] !== undefined && (
          <li class="legend-time">{props.when(times[cursor] * 1000, locale)}</li>
        )}
      </ul>
      <div ref={box} class="plot" role="img" aria-label={summary} style={{ height: `${height}px` }} />
    </figure>
  );
}

// The chart for those who can't see it.
function useSummary({ title, lines, show }: ChartProps): string {
  const { words, locale } = useWords();
  const said = lines.map(({ label, values }) => {
    const known = values.filter((value) => value !== null);
    const last = known.at(-1);
    if (last === undefined) return `${label}: ${words.chart.nothing}`;
    const [low, high] = [Math.min(...known), Math.max(...known)];
    return words.chart.summary(label, show(last, locale), show(low, locale), show(high, locale));
  });
  return `${title}. ${said.join(". ")}`;
}
