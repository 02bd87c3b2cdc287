// An order's way: what it has behind it with times, where it is, and what is to come.
import { Icon } from "../design/icons";
import { time } from "../format";
import { useLanguage } from "../language";
import { isEnd, kSteps, newsOf, type News, type Order, type OrderEvent } from "./order";

type Progress = "done" | "now" | "pending" | "stopped";

interface Step {
  state: News;
  progress: Progress;
  event?: OrderEvent | undefined;
}

// An order that was ended early has nothing to come. What is next is under way.
export function stepsOf(order: Order): Step[] {
  const eventOf = (state: News) => order.events.find((event) => event.state === state);
  const news = newsOf(order);
  const end = isEnd(news) ? eventOf(news) : undefined;
  const steps: Step[] = [];
  let next: Progress = "now";
  for (const state of kSteps) {
    const event = eventOf(state);
    if (event) {
      steps.push({ state, progress: "done", event });
    } else if (!end) {
      steps.push({ state, progress: next });
      next = "pending";
    }
  }
  if (end) steps.push({ state: news, progress: "stopped", event: end });
  return steps;
}

export function Timeline({ order }: { order: Order }) {
  return (
    <ol class="timeline">
      {stepsOf(order).map((step) => (
        <TimelineStep key={step.state} {...step} />
      ))}
    </ol>
  );
}

function TimelineStep({ state, progress, event }: Step) {
  const { words, locale } = useLanguage();
  const [title, text] = words.state[state];
  const spoken = progress === "stopped" ? undefined : words.order[progress];
  return (
    <li class={progress} aria-current={progress === "now" ? "step" : undefined}>
      <span class="node">
        {progress === "done" && <Icon name="check" />}
        {progress === "stopped" && <Icon name="cross" />}
      </span>
      <div class="step">
        <p class="step-head">
          <strong>{title}</strong>
          {spoken && <span class="unseen">, {spoken}</span>}
          {event && <time dateTime={event.at}>{time(event.at, locale)}</time>}
        </p>
        {event && <p class="step-text">{text}</p>}
        {progress === "now" && <p class="step-text">{words.order.underWay}</p>}
        {event?.reason && <Reason reason={event.reason} code={event.code} />}
      </div>
    </li>
  );
}

// In the reader's language where it is a known one, and as it was said.
function Reason({ reason, code = "" }: { reason: string; code: string | undefined }) {
  const { words } = useLanguage();
  const known = words.why[code];
  if (known === undefined) {
    return (
      <p class="reason">
        {words.order.reason} <q lang="en">{reason}</q>
      </p>
    );
  }
  return (
    <div class="reason">
      <p>
        {words.order.reason} {known}
      </p>
      {code.startsWith("invalid_") && (
        <details>
          <summary>{words.order.inDetail}</summary>
          <q lang="en">{reason}</q>
        </details>
      )}
    </div>
  );
}
