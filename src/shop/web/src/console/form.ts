// Numbers, sizes and times in the reader's form.

const made = new Map<string, Intl.NumberFormat>();

// Making a format takes far longer than using one, and live numbers use many.
function format(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  let found = made.get(key);
  if (!found) made.set(key, (found = new Intl.NumberFormat(locale, options)));
  return found;
}

export const count = (value: number, locale: string): string =>
  format(locale, { maximumFractionDigits: 0 }).format(value);

// "1.2K" where there is little room.
export const compact = (value: number, locale: string): string =>
  format(locale, { notation: "compact", maximumSignificantDigits: 3 }).format(value);

// Whole from 10 on, with one decimal below.
export const rate = (value: number, locale: string): string =>
  format(locale, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);

export const percent = (share: number, locale: string, digits = 1): string =>
  format(locale, { style: "percent", maximumFractionDigits: digits }).format(share);

export const change = (share: number, locale: string): string =>
  format(locale, { style: "percent", maximumFractionDigits: 1, signDisplay: "exceptZero" }).format(
    share,
  );

const kSizes = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

export function bytes(value: number, locale: string): string {
  let step = Math.floor(Math.log10(Math.max(value, 1)) / 3);
  if (Math.round((value / 1000 ** step) * 10) >= 10_000) step++; // "1 MB", not "1,000 kB"
  step = Math.min(step, kSizes.length - 1);
  const unit = kSizes[step] ?? "byte";
  const options = {
    style: "unit",
    unit,
    unitDisplay: step === 0 ? "long" : "short", // "222 bytes": the short one says "222 byte"
    maximumFractionDigits: step === 0 ? 0 : 1,
  } as const;
  return format(locale, options).format(value / 1000 ** step);
}

export function duration(ms: number, locale: string): string {
  const [unit, value] =
    ms < 1_000
      ? (["millisecond", ms] as const)
      : ms < 120_000
        ? (["second", ms / 1_000] as const)
        : ms < 7_200_000
          ? (["minute", ms / 60_000] as const)
          : (["hour", ms / 3_600_000] as const);
  const maximumFractionDigits = value < 10 ? 1 : 0;
  const options = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits } as const;
  return format(locale, options).format(value);
}

const kCurrency = { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" } as const;

export const cash = (value: number, locale: string): string =>
  format(locale, kCurrency).format(value);
export const wholeCash = (value: number, locale: string): string =>
  format(locale, { ...kCurrency, maximumFractionDigits: 0 }).format(value);
export const compactCash = (value: number, locale: string): string =>
  format(locale, { ...kCurrency, notation: "compact", maximumSignificantDigits: 3 }).format(value);

const times = new Map<string, Intl.DateTimeFormat>();

function timeFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let found = times.get(key);
  if (!found) times.set(key, (found = new Intl.DateTimeFormat(locale, options)));
  return found;
}

export const moment = (at: number | Date, locale: string): string =>
  timeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(at);

// As short as a list wants it: what is not of today has its day.
export function listed(at: number, locale: string): string {
  const today = new Date().toDateString() === new Date(at).toDateString();
  const date = { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" } as const;
  return timeFormat(locale, today ? { timeStyle: "medium" } : date).format(at);
}

const kWhole = {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  timeZoneName: "short",
} as const;

// In the reader's time and in UTC, as logs have it.
export const inFull = (at: Date, locale: string): string =>
  `${timeFormat(locale, kWhole).format(at)} · ${at.toISOString().slice(11, -1)} UTC`;

const kUnits = [
  ["second", 1_000, 60_000],
  ["minute", 60_000, 3_600_000],
  ["hour", 3_600_000, 86_400_000],
  ["day", 86_400_000, Infinity],
] as const;

// "4 minutes ago".
export function ago(ms: number, locale: string): string {
  const [unit, size] = kUnits.find(([, , below]) => ms < below) ?? kUnits[0];
  const passed = Math.max(0, Math.floor(ms / size));
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-passed, unit);
}

// "GMT-5 (America/New York)": what times are told in.
export function zone(locale: string): string {
  const parts = timeFormat(locale, { timeZoneName: "short" }).formatToParts(Date.now());
  const short = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll("_", " ");
  return name === short ? short : `${short} (${name})`;
}

// With milliseconds, for what happened in one second.
export const instant = (at: number, locale: string): string =>
  timeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
  }).format(at);

export const clock = (at: number, locale: string): string =>
  timeFormat(locale, { timeStyle: "short" }).format(at);
export const clockWithSeconds = (at: number, locale: string): string =>
  timeFormat(locale, { timeStyle: "medium" }).format(at);
export const day = (at: number, locale: string): string =>
  timeFormat(locale, { month: "short", day: "numeric" }).format(at);
