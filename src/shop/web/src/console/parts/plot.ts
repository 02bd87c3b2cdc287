// uPlot, dressed. A file of its own, so that it is loaded when the first chart is to be seen.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import * as form from "../form";

export type PlotTone = "a" | "b" | "c" | "d" | "declined"; // as the style sheet's

export interface PlotLine {
  label: string;
  tone: PlotTone;
}

export interface PlotOptions {
  lines: readonly PlotLine[];
  bars: boolean;
  locale: string;
  label: (value: number) => string; // of the axis
  whole: boolean; // what is counted has no halves
  width: number;
  height: number;
  onCursor: (index: number | undefined) => void;
}

export type PlotData = [times: number[], ...values: (number | null)[][]];

const kDay = 86_400; // seconds
const kDays = [1, 2, 7, 14, 28].map((days) => days * kDay);
const kMinutes = 300; // below which seconds are told
const kDashes: Record<PlotTone, number[]> = { a: [], b: [6, 3], c: [2, 3], d: [10, 3, 2, 3], declined: [4, 4] };
const kFont = '12px "Plex", "Plex Thai", system-ui, sans-serif';

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

const spanOf = ({ scales }: uPlot): number => (scales.x?.max ?? 0) - (scales.x?.min ?? 0);

function timeLabels(locale: string) {
  return (plot: uPlot, ticks: number[]): string[] => {
    const span = spanOf(plot);
    return ticks.map((tick) => {
      const at = new Date(tick * 1000);
      if (span <= kMinutes) return form.clockWithSeconds(tick * 1000, locale);
      const midnight = at.getHours() === 0 && at.getMinutes() === 0;
      return span >= 2 * kDay || midnight
        ? form.day(tick * 1000, locale)
        : form.clock(tick * 1000, locale);
    });
  };
}

// Between two times, so that they don't run into each other.
const room = (plot: uPlot): number => (spanOf(plot) <= kMinutes ? 96 : 62);

function seriesOf({ label, tone }: PlotLine, bars: boolean, alone: boolean): uPlot.Series {
  const stroke = colour(`tone-${tone}`);
  return {
    label,
    stroke,
    width: bars ? 0 : 2,
    dash: kDashes[tone],
    points: { show: false },
    spanGaps: true,
    ...((alone || bars) && { fill: bars ? stroke : colour(`wash-${tone}`) }),
    ...(bars && uPlot.paths.bars && { paths: uPlot.paths.bars({ size: [0.72, 48], radius: 0.15 }) }),
  };
}

// From 0 up, with some air: a line at rest lies at the bottom, not in the middle of nowhere.
function upFromZero(_: uPlot, __: number, max: number): uPlot.Range.MinMax {
  return [0, max > 0 ? max * 1.12 : 1];
}

// From the first time to the last. A bar reaches half a step to both sides of its own, and a single
// time stands in the middle of a day.
function around(bars: boolean) {
  return ({ data: [times] }: uPlot): uPlot.Range.MinMax => {
    const [first, last] = [times[0], times.at(-1)];
    if (first === undefined || last === undefined) return [0, 1];
    if (first === last) return [first - kDay / 2, first + kDay / 2];
    const air = bars ? (last - first) / (times.length - 1) / 2 : 0;
    return [first - air, last + air];
  };
}

export function plot(into: HTMLElement, options: PlotOptions, data: PlotData): uPlot {
  const { lines, bars, locale, label, whole, width, height, onCursor } = options;
  const [[first = 0, second = 0]] = data;
  const daily = second - first >= kDay;
  const written = (tick: number) => (whole && !Number.isInteger(tick) ? "" : label(tick));
  const axis: uPlot.Axis = {
    font: kFont,
    stroke: colour("ink-soft"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
  };
  return new uPlot(
    {
      width,
      height,
      padding: [10, 34, 0, 0], // half of the widest time
      legend: { show: false },
      cursor: {
        y: false,
        points: { size: 8 },
        drag: { x: false, y: false },
        ...(!bars && { sync: { key: "console" } }),
      },
      scales: { x: { time: true, range: around(bars) }, y: { range: upFromZero } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 30,
          gap: 8,
          space: room,
          values: timeLabels(locale),
          ...(daily && { incrs: kDays }),
        },
        { ...axis, size: 56, space: 34, values: (_, ticks) => ticks.map(written) },
      ],
      series: [{}, ...lines.map((line) => seriesOf(line, bars, lines.length === 1))],
      hooks: { setCursor: [({ cursor }) => onCursor(cursor.idx ?? undefined)] },
    },
    data,
    into,
  );
}
