// Where in the shop or the console the reader is. The address is the only state that outlives a page.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

const kMoved = "moved";

// What is remembered of an address that was left.
interface Left {
  scroll?: number; // how far down the reader was
  within?: boolean; // it was opened from the one before, and going back closes it
}

const leftState = (): Left => (history.state as Left | null) ?? {};

function remember(): void {
  history.replaceState({ ...leftState(), scroll: scrollY }, "");
}

const kPatience = 2_000; // ms until what was there is there again
const kOwn = ["wheel", "touchstart", "keydown", "pointerdown"] as const;

// Back to where the reader was, as soon as the page is as long again: unless he moves by himself.
function returnTo(scroll: number): void {
  const end = performance.now() + kPatience;
  const own = new AbortController();
  for (const event of kOwn) addEventListener(event, () => own.abort(), { signal: own.signal });
  const step = () => {
    if (own.signal.aborted) return;
    scrollTo(0, scroll);
    if (Math.abs(scrollY - scroll) < 2 || performance.now() > end) own.abort();
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

// The browser's own way gives up before a list has come.
history.scrollRestoration = "manual";
addEventListener("popstate", () => {
  if (location.hash === "") returnTo(leftState().scroll ?? 0);
});
addEventListener("pagehide", remember);
if (leftState().scroll) returnTo(leftState().scroll ?? 0);

export function go(path: string): void {
  remember();
  history.pushState(null, "", path);
  dispatchEvent(new Event(kMoved));
  scrollTo(0, 0);
}

const queryOf = (name: string): string => new URLSearchParams(location.search).get(name) ?? "";

type Query = Record<string, string | undefined>; // what is empty or undefined is left out

function addressWith(query: Query): string {
  const all = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(query)) {
    if (value) all.set(name, value);
    else all.delete(name);
  }
  const text = all.toString();
  return location.pathname + (text && `?${text}`);
}

// Changes what stands behind the "?" of the address: it is the same place, seen otherwise.
export function setQuery(query: Query): void {
  history.replaceState(leftState(), "", addressWith(query));
  dispatchEvent(new Event(kMoved));
}

// Opens something in this place, which going back closes.
export function openWithin(query: Query): void {
  remember();
  history.pushState({ within: true } satisfies Left, "", addressWith(query));
  dispatchEvent(new Event(kMoved));
}

export function closeWithin(...names: string[]): void {
  if (leftState().within) history.back();
  else setQuery(Object.fromEntries(names.map((name) => [name, ""])));
}

function useAddress<T>(read: () => T): T {
  const [value, setValue] = useState(read);
  useEffect(() => {
    const moved = () => setValue(() => read());
    addEventListener(kMoved, moved);
    addEventListener("popstate", moved);
    return () => {
      removeEventListener(kMoved, moved);
      removeEventListener("popstate", moved);
    };
  }, []);
  return value;
}

// What the address has under a name, empty if it has nothing.
export const useQuery = (name: string): string => useAddress(() => queryOf(name));

// One of a few, of which the first is what is meant by none.
export function useChosen<T extends string>(
  name: string,
  options: readonly [T, ...T[]],
): [T, (chosen: T) => void] {
  const text = useQuery(name);
  const [usual] = options;
  const choose = (chosen: T) => setQuery({ [name]: chosen === usual ? "" : chosen });
  return [options.find((option) => option === text) ?? usual, choose];
}

// A segment of a path as it was meant.
export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // what no link of ours has made
  }
}

export const usePath = (): string => useAddress(() => location.pathname);

interface LinkProps {
  to: string;
  class?: string;
  label?: string;
  current?: boolean; // it leads to where the reader is
  children: ComponentChildren;
}

export function Link({ to, label, current, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} aria-label={label} aria-current={current ? "page" : undefined} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
