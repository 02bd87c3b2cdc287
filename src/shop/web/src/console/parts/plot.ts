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
  least: number; // seconds that a chart of lines reaches back
  step: number; // seconds between two values
  locale: string;
  label: (value: number) => string; // of the axis
  whole: boolean; // what is counted has no halves
  width: number;
  height: number;
  onCursor: (index: number | undefined) => void;
}

export type PlotData = [times: number[], ...values: (number | null)[][]];

const kDay = 86_400; // seconds
const kHour = 3_600;
const kTimes = [1, 2, 5, 10, 15, 30]
  .flatMap((step) => [step, 60 * step])
  .concat([1, 2, 3, 6, 12].map((hours) => hours * kHour))
  .concat([1, 2, 7, 14].map((days) => days * kDay))
  .sort((a, b) => a - b);
const kDays = [1, 2, 7, 14, 28].map((days) => days * kDay);
const kAxisMin = 44; // pixels
const kAxisGap = 14;
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

// Steps from one value to the next: a single one that is missing came late; over more of them nothing
// was measured, and nothing is drawn.
const kJoined = 2.5;

const longGaps =
  (step: number): uPlot.Series.GapsRefiner =>
  (plot, _, __, ___, gaps) => {
    const at = (pixel: number) => plot.posToVal(pixel, "x", true);
    return gaps.filter(([from, to]) => at(to) - at(from) > kJoined * step);
  };

// A value that no line leads to or from is a point.
const lonely =
  (step: number): uPlot.Series.Points.Filter =>
  ({ data }, nth) => {
    const known = [...(data[nth] ?? []).keys()].filter((at) => data[nth]?.[at] != null);
    const joined = (a: number | undefined, b: number | undefined) =>
      a !== undefined &&
      b !== undefined &&
      Math.abs((data[0][a] ?? 0) - (data[0][b] ?? 0)) <= kJoined * step;
    return known.filter((at, i) => !joined(at, known[i - 1]) && !joined(at, known[i + 1]));
  };

function seriesOf({ label, tone }: PlotLine, options: PlotOptions): uPlot.Series {
  const { bars, step } = options;
  const alone = options.lines.length === 1;
  const stroke = colour(`tone-${tone}`);
  return {
    label,
    stroke,
    width: bars ? 0 : 2,
    dash: kDashes[tone],
    points: bars ? { show: false } : { show: true, size: 6, filter: lonely(step) },
    ...(bars ? { spanGaps: true } : { gaps: longGaps(step) }),
    ...((alone || bars) && { fill: bars ? stroke : colour(`wash-${tone}`) }),
    ...(bars && uPlot.paths.bars && { paths: uPlot.paths.bars({ size: [0.72, 48], radius: 0.15 }) }),
  };
}

// From 0 up, with some air: a line at rest lies at the bottom, not in the middle of nowhere.
function upFromZero(_: uPlot, __: number, max: number): uPlot.Range.MinMax {
  return [0, max > 0 ? max * 1.12 : 1];
}

// From the first time to the last, and of lines at least so far back, also as long as there are none.
function upToNow(least: number) {
  return ({ data: [times] }: uPlot): uPlot.Range.MinMax => {
    const last = times.at(-1) ?? Date.now() / 1000;
    return [Math.min(times[0] ?? last, last - least), last];
  };
}

// A bar reaches half a step to both sides of its time, and a single one stands in the middle of a day.
function aroundBars({ data: [times] }: uPlot): uPlot.Range.MinMax {
  const last = times.at(-1) ?? Date.now() / 1000;
  const first = times[0] ?? last;
  const half = first === last ? kDay / 2 : (last - first) / (times.length - 1) / 2;
  return [first - half, last + half];
}

let ruler: CanvasRenderingContext2D | null | undefined;

// Of a text beside the axis.
function widthOf(text: string): number {
  ruler ??= document.createElement("canvas").getContext("2d");
  if (!ruler) return 0;
  ruler.font = kFont;
  return ruler.measureText(text).width;
}

// As wide as what is written beside it, so that no unit pushes its number out of the picture.
const roomFor = (_: uPlot, labels: string[] | null): number =>
  Math.ceil(Math.max(kAxisMin, ...(labels ?? []).map((label) => widthOf(label) + kAxisGap)));

export function plot(into: HTMLElement, options: PlotOptions, data: PlotData): uPlot {
  const { lines, bars, least, locale, label, whole, width, height, onCursor } = options;
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
      scales: { x: { time: true, range: bars ? aroundBars : upToNow(least) }, y: { range: upFromZero } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 30,
          gap: 8,
          space: room,
          values: timeLabels(locale),
          incrs: daily ? kDays : kTimes,
        },
        { ...axis, size: roomFor, space: 34, values: (_, ticks) => ticks.map(written) },
      ],
      series: [{}, ...lines.map((line) => seriesOf(line, options))],
      hooks: { setCursor: [({ cursor }) => onCursor(cursor.idx ?? undefined)] },
    },
    data,
    into,
  );
}
