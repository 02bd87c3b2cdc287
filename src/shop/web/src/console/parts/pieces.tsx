// The small things that views are made of.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Notice } from "../../design/notice";
import { Link } from "../../route";
import { Refusal } from "../api";
import type { Loaded } from "../use_loaded";
import { useWords } from "../words";

interface ViewProps {
  title: string;
  eyebrow?: ComponentChildren;
  text?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

let begun = false; // the page was loaded, and with it the first view

// A view begins at its heading, also for those who can't see that it has changed.
export function View({ title, eyebrow, text, actions, children }: ViewProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { words } = useWords();
  useEffect(() => {
    if (begun) heading.current?.focus({ preventScroll: true });
    begun = true;
  }, []);
  useEffect(() => {
    document.title = `${title} · ${words.console} · Doorbuster`;
  }, [title, words]);
  return (
    <>
      <div class="view-head">
        <div class="view-title">
          {eyebrow && <p class="eyebrow">{eyebrow}</p>}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {text && <p class="view-text">{text}</p>}
        </div>
        {actions && <div class="view-actions">{actions}</div>}
      </div>
      {children}
    </>
  );
}

interface PanelProps {
  title: string;
  beside?: ComponentChildren; // of the title
  class?: string;
  children: ComponentChildren;
}

export function Panel({ title, beside, class: more = "", children }: PanelProps) {
  const id = useId();
  return (
    <section class={`panel ${more}`} aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        {beside}
      </div>
      {children}
    </section>
  );
}

export function Trouble({ error, title }: { error: unknown; title?: string }) {
  const { words } = useWords();
  const away = error instanceof Refusal && error.status === 0;
  const said = error instanceof Error ? error.message : String(error);
  return (
    <div role="alert">
      <Notice
        kind={away ? "wait" : "stop"}
        title={away ? words.trouble.away : (title ?? words.trouble.failed)}
        text={away ? words.trouble.awayText : <span lang="en">{said}</span>}
      />
    </div>
  );
}

// What has been loaded, what it failed for, or that it is on its way.
export function Await<T>({
  loaded,
  children,
}: {
  loaded: Loaded<T>;
  children: (value: T) => ComponentChildren;
}) {
  const { words } = useWords();
  return (
    <>
      {loaded.error !== undefined && (
        <>
          <Trouble error={loaded.error} />
          <p class="again">
            <button type="button" class="quiet small" onClick={loaded.reload}>
              {words.again}
            </button>
          </p>
        </>
      )}
      {loaded.value !== undefined && children(loaded.value)}
      {loaded.value === undefined && loaded.error === undefined && <Loading />}
    </>
  );
}

// Under a list that goes on.
export function More({ onMore }: { onMore: () => void }) {
  const { words } = useWords();
  return (
    <p class="again">
      <button type="button" class="quiet small" onClick={onMore}>
        {words.more}
      </button>
    </p>
  );
}

export function Loading() {
  const { words } = useWords();
  return (
    <p class="loading" role="status">
      {words.loading}
    </p>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

interface ChoiceProps<T extends string> {
  label: string;
  options: readonly (readonly [value: T, text: string])[];
  value: T;
  onChoose: (value: T) => void;
}

// One of a few, each of which can be seen.
export function Choice<T extends string>({ label, options, value, onChoose }: ChoiceProps<T>) {
  return (
    <div class="choice" role="group" aria-label={label}>
      {options.map(([option, text]) => (
        <button
          key={option}
          type="button"
          aria-pressed={option === value}
          onClick={() => onChoose(option)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

interface FactsProps {
  rows: readonly (readonly [string, ComponentChildren])[];
  longNames?: boolean;
}

// Rows of names and values; those without a value are left out.
export function Facts({ rows, longNames }: FactsProps) {
  return (
    <dl class={longNames ? "facts long-names" : "facts"}>
      {rows.map(
        ([name, value]) =>
          value !== undefined &&
          value !== false &&
          value !== "" && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

interface TileProps {
  label: string;
  value: string;
  note?: ComponentChildren;
  tone?: "bad" | "wait";
  to?: string; // where there is more of it
}

// A figure that matters.
export function Tile({ label, value, note, tone, to }: TileProps) {
  return (
    <div class={tone ? `tile ${tone}` : "tile"}>
      <dt>{to ? <Link to={to}>{label}</Link> : label}</dt>
      <dd>
        <strong>{value}</strong> {note && <span>{note}</span>}
      </dd>
    </div>
  );
}

// What is wider than the page scrolls by itself, for the keyboard as well.
export function Wide({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="wide" role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
