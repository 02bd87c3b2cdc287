// Amounts and times in the reader's form.

// What the shop's prices are in.
const kCurrency = "USD";

function inCurrency(locale: string): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: kCurrency,
    currencyDisplay: "narrowSymbol",
  });
}

export function money(amount: number, locale: string): string {
  return inCurrency(locale).format(amount);
}

// "$", and on which side of the amount it stands.
export function currencySign(locale: string): { sign: string; before: boolean } {
  const parts = inCurrency(locale).formatToParts(1);
  const at = parts.findIndex((part) => part.type === "currency");
  return { sign: parts[at]?.value ?? kCurrency, before: at === 0 };
}

export function number(value: number, locale: string, decimals = 0): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: decimals }).format(value);
}

export function seconds(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: "unit", unit: "second", unitDisplay: "long" }).format(
    value,
  );
}

export function time(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "medium" }).format(new Date(iso));
}

export function dateAndTime(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" }).format(
    new Date(iso),
  );
}

function decimalMark(locale: string): string {
  const parts = new Intl.NumberFormat(locale).formatToParts(1.5);
  return parts.find((part) => part.type === "decimal")?.value ?? ".";
}

// What a reader wrote as an amount, as a plain decimal ("1234.5"); undefined if it is no number.
// The reader's own mark and the point both begin the decimals, the other mark groups thousands.
export function readDecimal(text: string, locale: string): string | undefined {
  const tight = text.replace(/[\s’']/g, "").replace(/^\$|\$$/, "");
  const mark = decimalMark(locale);
  const group = mark === "," ? "." : ",";
  const grouped = new RegExp(`^[+-]?\\d{1,3}(\\${group}\\d{3})+(\\${mark}\\d*)?$`);
  const plain = grouped.test(tight) ? tight.replaceAll(group, "") : tight;
  const decimal = plain.replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(decimal) ? decimal : undefined;
}
