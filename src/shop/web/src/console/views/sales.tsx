// What was sold: by hour, day, country and product, and how that compares with the day before.
import { useMemo } from "preact/hooks";
import { useChosen } from "../../route";
import { get } from "../api";
import * as form from "../form";
import { Badge } from "../parts/badge";
import { Chart } from "../parts/chart";
import { Glyph } from "../parts/glyph";
import { Await, Choice, Empty, Panel, Tile, View, Wide } from "../parts/pieces";
import { useLoaded } from "../use_loaded";
import { useWords } from "../words";

interface Sum {
  invoices: number;
  units: number;
  amount: string; // a decimal, exact
}

interface Row {
  bucket: string;
  description?: string;
  sales: Sum;
  refunds: Sum;
}

interface Sales {
  totals: { sales: Sum; refunds: Sum };
  by_hour: Row[];
  by_day: Row[];
  by_country: Row[];
  products: Row[];
}

type By = "hour" | "day" | "country" | "product"; // as the books can be had
const kMeasures = ["revenue", "units"] as const;
type Measure = (typeof kMeasures)[number];

const kRefresh = 10_000; // ms
const kTop = 12; // countries and products that are shown
const kHours = 48; // that the chart shows
const kDays = 30;

const amountOf = (row: Row): number => Number(row.sales.amount);
const measured = (row: Row, measure: Measure): number =>
  measure === "units" ? row.sales.units : amountOf(row);

export default function SalesView() {
  const { words } = useWords();
  const sales = useLoaded((signal) => get<Sales>("sales", signal), [], kRefresh);
  return (
    <View title={words.view.sales} text={words.sales.text}>
      <Await loaded={sales}>
        {(value) =>
          value.by_day.length === 0 ? (
            <Panel title={words.view.sales}>
              <Empty>{words.sales.none}</Empty>
            </Panel>
          ) : (
            <Books sales={value} />
          )
        }
      </Await>
    </View>
  );
}

// The whole of a book, of which a panel shows what fits.
function Download({ by, title }: { by: By; title: string }) {
  const { words } = useWords();
  return (
    <a
      class="quiet small"
      href={`/console/api/sales.csv?by=${by}`}
      download=""
      aria-label={words.sales.downloadOf(title)}
    >
      <Glyph name="download" />
      CSV
    </a>
  );
}

function Books({ sales }: { sales: Sales }) {
  const { words } = useWords();
  const [measure, setMeasure] = useChosen("measure", kMeasures);
  const measures = kMeasures.map((each) => [each, words.sales[each]] as const);
  return (
    <>
      <Figures sales={sales} />
      <div class="filters">
        <Choice
          label={words.sales.measure}
          options={measures}
          value={measure}
          onChoose={setMeasure}
        />
      </div>
      <div class="columns charts-pair">
        <Days rows={sales.by_day} measure={measure} />
        <Hours rows={sales.by_hour} measure={measure} />
      </div>
      <div class="columns ranks">
        <Ranking
          title={words.sales.countries}
          by="country"
          rows={sales.by_country}
          measure={measure}
        />
        <Ranking title={words.sales.products} by="product" rows={sales.products} measure={measure} />
      </div>
    </>
  );
}

// The newest day beside the one before it in the books. Of a day that isn't over, the hours that both
// have are compared.
function dayBefore(sales: Sales): { today: Row; share: number | undefined } | undefined {
  const today = sales.by_day.at(-1);
  if (!today) return undefined;
  const before = new Date(`${today.bucket}T00:00Z`);
  before.setUTCDate(before.getUTCDate() - 1);
  const yesterday = before.toISOString().slice(0, 10);
  const hourOf = (row: Row) => row.bucket.slice(11);
  const lastHour = hourOf(sales.by_hour.at(-1) ?? today);
  const inDay = (day: string) =>
    sales.by_hour
      .filter((row) => row.bucket.startsWith(day) && hourOf(row) <= lastHour)
      .reduce((sum, row) => sum + amountOf(row), 0);
  const [now, then] = [inDay(today.bucket), inDay(yesterday)];
  return { today, share: then > 0 ? now / then - 1 : undefined };
}

function Figures({ sales }: { sales: Sales }) {
  const { words, locale } = useWords();
  const { totals } = sales;
  const trend = useMemo(() => dayBefore(sales), [sales]);
  const figures = [
    [words.sales.revenueEver, form.wholeCash(Number(totals.sales.amount), locale)],
    [words.sales.refunds, form.wholeCash(Math.abs(Number(totals.refunds.amount)), locale)],
    [words.sales.invoices, form.count(totals.sales.invoices, locale)],
    [words.sales.units, form.count(totals.sales.units, locale)],
  ] as const;
  return (
    <dl class="tiles five">
      {trend && (
        <Tile
          label={words.sales.newest(dayText(trend.today.bucket, locale))}
          value={form.wholeCash(amountOf(trend.today), locale)}
          note={trend.share !== undefined && <Trend share={trend.share} />}
        />
      )}
      {figures.map(([label, value]) => (
        <Tile key={label} label={label} value={value} />
      ))}
    </dl>
  );
}

function Trend({ share }: { share: number }) {
  const { words, locale } = useWords();
  const text = words.sales.against(form.change(share, locale));
  if (Math.abs(share) < 0.0005) return <Badge tone="plain" icon="right" text={text} />;
  return share > 0 ? (
    <Badge tone="good" icon="up" text={text} />
  ) : (
    <Badge tone="wait" icon="down" text={text} />
  );
}

// The books' days are the shop's own, whatever the reader's time is.
const dayText = (bucket: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(
    new Date(`${bucket}T00:00Z`),
  );

// As a moment of the reader's clock that reads as the shop's does.
function shopTime(bucket: string): number {
  const [date = "", hour = "00:00"] = bucket.split("T");
  return new Date(`${date}T${hour}`).getTime() / 1000;
}

interface SeriesProps {
  rows: Row[];
  measure: Measure;
}

interface BookProps extends SeriesProps {
  title: string;
  by: By;
}

interface BarsProps extends BookProps {
  when: (at: number, locale: string) => string;
}

function Bars({ title, by, rows, measure, when }: BarsProps) {
  const { words } = useWords();
  const units = measure === "units";
  const times = useMemo(() => rows.map((row) => shopTime(row.bucket)), [rows]);
  const values = useMemo(() => rows.map((row) => measured(row, measure)), [rows, measure]);
  return (
    <Panel title={title} beside={<Download by={by} title={title} />}>
      <Chart
        title={title}
        times={times}
        lines={[{ label: units ? words.sales.units : words.sales.revenue, values }]}
        show={units ? form.count : form.cash}
        axis={units ? form.compact : form.compactCash}
        bars
        height={220}
        when={when}
      />
    </Panel>
  );
}

function Days({ rows, measure }: SeriesProps) {
  const { words } = useWords();
  return (
    <Bars
      title={words.sales.days}
      by="day"
      rows={rows.slice(-kDays)}
      measure={measure}
      when={form.day}
    />
  );
}

function Hours({ rows, measure }: SeriesProps) {
  const { words } = useWords();
  return (
    <Bars
      title={words.sales.hours}
      by="hour"
      rows={rows.slice(-kHours)}
      measure={measure}
      when={form.moment}
    />
  );
}

function Ranking({ title, by, rows, measure }: BookProps) {
  const { words, locale } = useWords();
  const sorted = [...rows]
    .sort((a, b) => measured(b, measure) - measured(a, measure))
    .slice(0, kTop);
  const most = sorted[0] ? measured(sorted[0], measure) : 0;
  return (
    <Panel title={title} beside={<Download by={by} title={title} />}>
      <Wide label={title}>
        <table class="table ranking">
          <thead>
            <tr>
              <th scope="col">{words.sales.name}</th>
              <th scope="col" class="figure">
                {words.sales.units}
              </th>
              <th scope="col" class="figure">
                {words.sales.revenue}
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((row) => (
              <tr key={row.bucket}>
                <th scope="row" class="long">
                  {row.description || row.bucket || words.sales.unnamed}
                  <Bar share={most > 0 ? measured(row, measure) / most : 0} />
                </th>
                <td class="figure">{form.count(row.sales.units, locale)}</td>
                <td class="figure fixed">{form.cash(amountOf(row), locale)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </Panel>
  );
}

function Bar({ share }: { share: number }) {
  return (
    <svg class="bar-line" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="4" />
      <rect class="bar-part" width={100 * share} height="4" />
    </svg>
  );
}
