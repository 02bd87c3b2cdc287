// What can be said of an order before it is sent. The server has the last word; its limits come
// with its refusal.
import { money, number, readDecimal } from "../format";
import type { Words } from "../words/en";

export const kFields = ["customerName", "product", "amount", "email"] as const;
export type Field = (typeof kFields)[number];
export type Draft = Record<Field, string>;
export type Faults = Partial<Record<Field, string>>;

export interface Limits {
  amountBelow?: number;
}

const kTextMax = 200;
const kEmailMax = 254;
const kDecimalsMax = 2;

export interface Reader {
  words: Words;
  locale: string;
}

// Of an amount without a fault.
export const amountOf = (draft: Draft, locale: string): number =>
  Number(readDecimal(draft.amount, locale));

function textFault(text: string, missing: string, { words, locale }: Reader): string | undefined {
  if (text.trim() === "") return missing;
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) return words.fault.control;
  if ([...text].length > kTextMax) return words.fault.tooLong(number(kTextMax, locale));
  return undefined;
}

function amountFault(text: string, limits: Limits, { words, locale }: Reader): string | undefined {
  if (text.trim() === "") return words.fault.amountMissing;
  const decimal = readDecimal(text, locale);
  if (decimal === undefined) return words.fault.amountNoNumber(number(19.99, locale, 2));
  const amount = Number(decimal);
  if (amount <= 0) return words.fault.amountTooSmall;
  if (limits.amountBelow !== undefined && amount >= limits.amountBelow) {
    return words.fault.amountTooLarge(money(limits.amountBelow, locale));
  }
  const decimals = decimal.split(".")[1]?.replace(/0+$/, "") ?? "";
  return decimals.length > kDecimalsMax ? words.fault.amountDecimals : undefined;
}

function emailFault(text: string, { words, locale }: Reader): string | undefined {
  if (text.trim() === "") return undefined;
  if (new TextEncoder().encode(text).length > kEmailMax) {
    return words.fault.tooLong(number(kEmailMax, locale));
  }
  return /^[^\s@,;:<>()[\]"\\]+@[^\s@,;:<>()[\]"\\]+$/.test(text.trim())
    ? undefined
    : words.fault.emailForm;
}

export function faultsOf(draft: Draft, limits: Limits, reader: Reader): Faults {
  const { fault } = reader.words;
  const all: Record<Field, string | undefined> = {
    customerName: textFault(draft.customerName, fault.nameMissing, reader),
    product: textFault(draft.product, fault.productMissing, reader),
    amount: amountFault(draft.amount, limits, reader),
    email: emailFault(draft.email, reader),
  };
  const found: Faults = {};
  for (const field of kFields) {
    const text = all[field];
    if (text !== undefined) found[field] = text;
  }
  return found;
}
