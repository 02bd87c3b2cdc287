import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../design/icons";
import { dateAndTime, money } from "../format";
import { useLanguage } from "../language";
import { Link } from "../route";
import { isEnd, newsOf, type Order } from "./order";
import { Timeline } from "./timeline";
import { useOrder, type Watch } from "./use_order";

export function OrderPage({ id }: { id: string }) {
  const [round, setRound] = useState(0);
  const watch = useOrder(id, round);
  return watch.kind === "found" ? (
    <Known order={watch.order} live={watch.live} />
  ) : (
    <NotKnown id={id} watch={watch} lookAgain={() => setRound(round + 1)} />
  );
}

// A page that came without a load of its own begins at its headline, for those who can't see it.
function Headline({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    document.title = `${children} · Doorbuster`;
  }, [children]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

function Known({ order, live }: { order: Order; live: boolean }) {
  const { words } = useLanguage();
  const news = newsOf(order);
  return (
    <div class="split">
      <section class="lede">
        <p class="eyebrow">
          {words.order.number} <span class="order-number">{order.orderId}</span>
        </p>
        <Headline>{words.headline[news]}</Headline>
        <p class="news" role="status">
          {words.state[news][1]}
        </p>
        <Details order={order} />
      </section>
      <section class="card" aria-labelledby="progress">
        <div class="card-head">
          <h2 id="progress">{words.order.progress}</h2>
          <Connection order={order} live={live} />
        </div>
        <Timeline order={order} />
      </section>
    </div>
  );
}

function Connection({ order, live }: { order: Order; live: boolean }) {
  const { words } = useLanguage();
  if (order.final) {
    return isEnd(newsOf(order)) ? null : <span class="connection">{words.order.ended}</span>;
  }
  return (
    <span class={live ? "connection live" : "connection lost"}>
      {live ? words.order.live : words.order.reconnecting}
    </span>
  );
}

function Details({ order }: { order: Order }) {
  const { words, locale } = useLanguage();
  const placed = order.events.find((event) => event.state === "accepted")?.at;
  const rows: [string, string | undefined][] = [
    [words.order.product, order.product],
    [words.order.amount, order.amount === undefined ? undefined : money(order.amount, locale)],
    [words.order.customerName, order.customerName],
    [words.order.placed, placed && dateAndTime(placed, locale)],
  ];
  return (
    <section class="details" aria-labelledby="details">
      <h2 id="details">{words.order.details}</h2>
      <dl>
        {rows.map(
          ([name, value]) =>
            value !== undefined && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      <p class="hint">{words.order.link}</p>
      <p class="actions">
        <CopyLink />
        <Link class="quiet" to="/">
          {words.order.another}
        </Link>
      </p>
    </section>
  );
}

function CopyLink() {
  const { words } = useLanguage();
  const [copied, setCopied] = useState(false);
  // Only pages from TLS or from this machine are let at the clipboard.
  if (!navigator.clipboard) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(location.href);
    setCopied(true);
  };
  return (
    <button type="button" class="quiet" onClick={() => void copy().catch(() => setCopied(false))}>
      <Icon name={copied ? "check" : "link"} />
      <span aria-live="polite">{copied ? words.order.copied : words.order.copy}</span>
    </button>
  );
}

interface NotKnownProps {
  id: string;
  watch: Exclude<Watch, { kind: "found" }>;
  lookAgain: () => void;
}

function NotKnown({ id, watch, lookAgain }: NotKnownProps) {
  const { words } = useLanguage();
  const { order } = words;
  if (watch.kind === "loading") return <p class="loading">{order.loading}</p>;
  const unknown = watch.kind === "unknown";
  return (
    <section class="lede alone">
      <p class="eyebrow">
        {order.number} <span class="order-number">{id}</span>
      </p>
      <Headline>{unknown ? order.unknown : order.unreachable}</Headline>
      <p>{unknown ? order.unknownText : order.unreachableText}</p>
      <p class="actions">
        <button type="button" class="primary" onClick={lookAgain}>
          {order.lookAgain}
        </button>
        <Link class="quiet" to="/">
          {order.another}
        </Link>
      </p>
    </section>
  );
}
