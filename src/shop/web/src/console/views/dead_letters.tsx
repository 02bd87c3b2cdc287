// What failed three times: why, what it was, and what to do with it.
import { useEffect, useRef, useState } from "preact/hooks";
import { closeWithin, Link, openWithin, setQuery, useQuery } from "../../route";
import { get, send } from "../api";
import { readObject } from "../aws/s3";
import * as form from "../form";
import { useLive } from "../live";
import { waitingIn } from "../metric_names";
import { Confirm, Dialog } from "../parts/dialog";
import { Glyph } from "../parts/glyph";
import { Json, messageWithin } from "../parts/json";
import { Await, Empty, Facts, Loading, More, Panel, View, Wide } from "../parts/pieces";
import { useRoom } from "../parts/room";
import { Time, TimeAgo } from "../parts/time";
import { useToasts } from "../parts/undo";
import { queueOf, useSystem, type Role, type SystemQueue } from "../system";
import { useLoaded } from "../use_loaded";
import { pathOf, type ViewProps } from "../views";
import { useWords } from "../words";

interface Letter {
  message_id: string;
  sent: number; // ms of the epoch
  receives?: number;
  body: string;
  key?: string; // of the object that it tells of
  order_id?: string;
  reason: string;
}

interface Letters {
  letters: Letter[];
  next?: string;
  end: string; // the place behind the newest: what comes later stands there or behind it
  count: number;
}

const kPage = 50;
const kRoles: readonly Role[] = ["orders", "shipping", "analytics"];

const isRole = (text: string | undefined): text is Role => kRoles.includes(text as Role);

export default function DeadLetters({ rest: [given] }: ViewProps) {
  const system = useSystem();
  const { words } = useWords();
  const live = useLive();
  const lettersIn = (queue: SystemQueue) => live.value(waitingIn(queue.dead_letter_name)) ?? 0;
  // Which queue's are shown first is known when they are counted, and stays so.
  const [first, setFirst] = useState<Role | undefined>();
  if (first === undefined && live.state !== "connecting") {
    setFirst(system.queues.find((queue) => lettersIn(queue) > 0)?.role ?? "orders");
  }
  const role = isRole(given) ? given : first;
  const queue = role && queueOf(system, role);
  return (
    <View title={words.view.deadLetters} text={words.letters.text}>
      <nav class="tabs" aria-label={words.view.queues}>
        {system.queues.map((each) => (
          <Link
            key={each.role}
            to={pathOf("deadLetters", each.role)}
            current={each.role === role}
          >
            {each.dead_letter_name} <Count value={lettersIn(each)} />
          </Link>
        ))}
      </nav>
      {queue ? <QueueLetters key={role} queue={queue} counted={lettersIn(queue)} /> : <Loading />}
    </View>
  );
}

function Count({ value }: { value: number }) {
  const { locale } = useWords();
  return value > 0 ? <span class="count">{form.count(value, locale)}</span> : null;
}

interface Kind {
  kind: string; // a reason, without the values that differ
  count: number;
}

const kindsOf = async (role: Role, signal: AbortSignal): Promise<Kind[]> =>
  (await get<{ kinds: Kind[] }>(`dead-letters/kinds?queue=${role}`, signal)).kinds;

interface Asked {
  role: Role;
  kind: string; // empty: all
  pages: number;
}

async function loadPages({ role, kind, pages }: Asked, signal: AbortSignal): Promise<Letters> {
  let all: Letters = { letters: [], end: "", count: 0 };
  for (let page = 0; page < pages && (page === 0 || all.next); page++) {
    const query = new URLSearchParams({
      queue: role,
      limit: String(kPage),
      ...(kind && { kind }),
      ...(all.next && { after: all.next }),
    });
    const { letters, ...rest } = await get<Letters>(`dead-letters?${query}`, signal);
    all = { ...rest, letters: [...all.letters, ...letters] };
  }
  return all;
}

// Of all, and of a kind, only those that were there when they were counted.
type Which =
  | { message_ids: string[] }
  | { all: true; before: string }
  | { kind: string; before: string };

interface QueueLettersProps {
  queue: SystemQueue;
  counted: number; // live: whenever it changes, they are listed again
}

const kKindsRefresh = 5_000; // ms

function QueueLetters({ queue, counted }: QueueLettersProps) {
  const { words } = useWords();
  const kind = useQuery("kind");
  const [pages, setPages] = useState(1);
  const asked = { role: queue.role, kind, pages };
  const letters = useLoaded((signal) => loadPages(asked, signal), [kind]);
  const kinds = useLoaded((signal) => kindsOf(queue.role, signal), [], kKindsRefresh);
  const known = useRef(counted);
  useEffect(() => {
    if (known.current !== counted) letters.reload();
    known.current = counted;
  }, [counted]);
  const change = () => {
    letters.reload();
    kinds.reload();
  };
  return (
    <Await loaded={letters}>
      {(value) =>
        value.count === 0 ? (
          <Panel title={queue.dead_letter_name}>
            <Empty>{words.letters.none(queue.name)}</Empty>
          </Panel>
        ) : (
          <div class={letters.stale ? "stale" : ""} aria-busy={letters.stale}>
            <Kinds kinds={kinds.value ?? []} all={value.count} chosen={kind} />
            {value.letters.length === 0 ? (
              <Panel title={queue.dead_letter_name}>
                <Empty>{words.letters.noneSuch}</Empty>
              </Panel>
            ) : (
              <LetterList
                key={kind}
                queue={queue}
                letters={value}
                kind={kind}
                total={kind ? countOf(kind, kinds.value, value) : value.count}
                onChange={change}
                onMore={() => {
                  setPages(pages + 1);
                  letters.reload();
                }}
              />
            )}
          </div>
        )
      }
    </Await>
  );
}

const countOf = (kind: string, kinds: readonly Kind[] | undefined, { letters }: Letters): number =>
  Math.max(kinds?.find((each) => each.kind === kind)?.count ?? 0, letters.length);

interface KindsProps {
  kinds: readonly Kind[];
  all: number;
  chosen: string;
}

// What they failed for, where that isn't one and the same for all.
function Kinds({ kinds, all, chosen }: KindsProps) {
  const { words, locale } = useWords();
  if (kinds.length < 2 && chosen === "") return null;
  const chips = [{ kind: "", count: all }, ...kinds];
  return (
    <div class="kinds" role="group" aria-label={words.letters.reason}>
      {chips.map(({ kind, count }) => (
        <button
          key={kind}
          type="button"
          class="quiet small"
          aria-pressed={kind === chosen}
          onClick={() => setQuery({ kind, letter: "" })}
        >
          {kind === "" ? words.letters.every : <span lang="en">{kind}</span>}
          <strong>{form.count(count, locale)}</strong>
        </button>
      ))}
    </div>
  );
}

interface LetterListProps {
  queue: SystemQueue;
  letters: Letters;
  kind: string;
  total: number; // of that kind
  onChange: () => void;
  onMore: () => void;
}

function LetterList({ queue, letters, kind, total, onChange, onMore }: LetterListProps) {
  const { words, locale } = useWords();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const room = useRoom();
  const open = useQuery("letter");
  const listed = letters.letters.map((letter) => letter.message_id);
  const [beyond, setBeyond] = useState(false); // also those that aren't listed are chosen
  const chosen = new Set(listed.filter((id) => ticked.has(id)));
  const tick = (ids: readonly string[]) => {
    setBeyond(false);
    setTicked(new Set(ids));
  };
  const some = beyond ? new Set<string>() : chosen;
  const { leaving, actions } = useActions({ queue, letters, kind, total, chosen: some }, () => {
    tick([]);
    onChange();
  });
  const opened = letters.letters.find((letter) => letter.message_id === open);
  const shown = opened ?? (room ? letters.letters[0] : undefined);
  const last = useRef(-1); // that was ticked
  const toggle = (at: number, span: boolean) => {
    const [from, to] = span && last.current >= 0 ? [last.current, at] : [at, at];
    const meant = listed.slice(Math.min(from, to), Math.max(from, to) + 1);
    const on = !chosen.has(listed[at] ?? "");
    last.current = at;
    const next = on ? [...chosen, ...meant] : [...chosen].filter((id) => !meant.includes(id));
    tick(next);
  };
  const every = chosen.size === listed.length;
  return (
    <div class="letters">
      <Panel
        title={words.letters.inAll(total, form.count(total, locale))}
        beside={actions}
      >
        {every && listed.length < total && (
          <p class="small-text">
            {words.letters.chosen(form.count(beyond ? total : listed.length, locale))}{" "}
            {!beyond && (
              <button type="button" class="entry" onClick={() => setBeyond(true)}>
                {words.letters.chooseAll(form.count(total, locale))}
              </button>
            )}
          </p>
        )}
        <Wide label={queue.dead_letter_name}>
          <table class="table">
            <thead>
              <tr>
                <th scope="col" class="tick">
                  <label>
                    <input
                      type="checkbox"
                      checked={every}
                      indeterminate={chosen.size > 0 && !every}
                      onChange={() => tick(every ? [] : listed)}
                    />
                    <span class="unseen">
                      {words.letters.chooseListed(form.count(listed.length, locale))}
                    </span>
                  </label>
                </th>
                <th scope="col">{words.letters.letter}</th>
                <th scope="col" class="reason-beside">
                  {words.letters.reason}
                </th>
              </tr>
            </thead>
            <tbody>
              {letters.letters.map((letter, at) => (
                <LetterRow
                  key={letter.message_id}
                  letter={letter}
                  chosen={chosen.has(letter.message_id)}
                  open={letter === shown}
                  leaving={leaving.has(letter.message_id)}
                  onChoose={(span) => toggle(at, span)}
                  onOpen={() => (room ? setQuery : openWithin)({ letter: letter.message_id })}
                />
              ))}
            </tbody>
          </table>
        </Wide>
        {letters.next && <More onMore={onMore} />}
      </Panel>
      {shown && room && (
        <Panel key={shown.message_id} title={nameOf(shown)} class="letter-detail">
          <LetterDetail letter={shown} />
        </Panel>
      )}
      {shown && !room && (
        <Dialog title={nameOf(shown)} wide onClose={() => closeWithin("letter")}>
          <LetterDetail key={shown.message_id} letter={shown} />
        </Dialog>
      )}
    </div>
  );
}

const nameOf = (letter: Letter): string => letter.order_id || letter.key || letter.message_id;

interface LetterRowProps {
  letter: Letter;
  chosen: boolean;
  open: boolean;
  leaving: boolean;
  onChoose: (span: boolean) => void; // or all from the one before to this one
  onOpen: () => void;
}

function LetterRow({ letter, chosen, open, leaving, onChoose, onOpen }: LetterRowProps) {
  const { words } = useWords();
  return (
    <tr class={`${open ? "open" : ""} ${leaving ? "leaving" : ""}`}>
      <td class="tick">
        <input
          type="checkbox"
          checked={chosen}
          disabled={leaving}
          aria-label={words.letters.chooseOne(nameOf(letter))}
          onClick={(event) => onChoose(event.shiftKey)}
        />
      </td>
      <th scope="row" class="long">
        <button type="button" class="entry" aria-pressed={open} onClick={onOpen}>
          {nameOf(letter)}
        </button>
        <span class="soft small-text">
          <Time at={letter.sent} />
        </span>
        <span class="reason-below" lang="en">
          {letter.reason}
        </span>
      </th>
      <td class="long reason-beside" lang="en">
        {letter.reason}
      </td>
    </tr>
  );
}

function LetterDetail({ letter }: { letter: Letter }) {
  const { words } = useWords();
  const { bucket } = useSystem();
  const event = messageWithin(letter.body);
  return (
    <>
      <div class="notice stop">
        <strong>{words.letters.reason}</strong>
        <p lang="en">{letter.reason}</p>
      </div>
      <Facts
        rows={[
          [words.queue.message, <span class="mono">{letter.message_id}</span>],
          [words.queue.sent, <TimeAgo at={letter.sent} />],
          [words.queue.receives, letter.receives],
          [
            words.letters.order,
            letter.order_id && (
              <a href={`/orders/${encodeURIComponent(letter.order_id)}`}>{letter.order_id}</a>
            ),
          ],
        ]}
      />
      {letter.key && (
        <>
          <h3>{words.letters.invoice}</h3>
          <Invoice bucket={bucket} name={letter.key} />
        </>
      )}
      {event !== undefined && (
        <>
          <h3>{words.queue.event}</h3>
          <Json text={event} label={words.queue.event} />
        </>
      )}
      <h3>{words.letters.body}</h3>
      <Json text={letter.body} label={words.letters.body} />
    </>
  );
}

function Invoice({ bucket, name }: { bucket: string; name: string }) {
  const { words } = useWords();
  const invoice = useLoaded((signal) => readObject(bucket, name, signal), [name]);
  return (
    <Await loaded={invoice}>
      {({ text }) => <Json text={text} label={words.letters.invoice} />}
    </Await>
  );
}

// What a button is about, as it was when the reader saw it.
interface Meant {
  n: number;
  which: Which;
  listed: ReadonlySet<string>;
}

// Redriving is tried at once, for whatever fails again comes back. Deleting is asked about, and then
// held for a while in which it can be undone.
const kMany = 100; // letters, from which sending them back is asked about, too

interface Offered {
  queue: SystemQueue;
  letters: Letters;
  kind: string;
  total: number;
  chosen: ReadonlySet<string>;
}

function useActions({ queue, letters, kind, total, chosen }: Offered, onDone: () => void) {
  const { words, locale } = useWords();
  const { hold, tell } = useToasts();
  const [confirming, setConfirming] = useState<Meant | undefined>();
  const [sending, setSending] = useState<Meant | undefined>(); // many: it is asked about
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());
  const [gone, setGone] = useState(false);
  useEffect(() => {
    if (!gone) return;
    setLeaving(new Set()); // they are listed without those that went
    setGone(false);
  }, [letters]);
  const some = chosen.size > 0;
  const meant: Meant = some
    ? { n: chosen.size, which: { message_ids: [...chosen] }, listed: chosen }
    : {
        n: total,
        which: kind ? { kind, before: letters.end } : { all: true, before: letters.end },
        listed: new Set(letters.letters.map((letter) => letter.message_id)),
      };
  const text = form.count(meant.n, locale);

  const done = () => {
    setGone(true);
    onDone();
  };

  async function redrive({ which, listed }: Meant) {
    setLeaving(listed);
    try {
      const { moved } = await send<{ moved: number }>("POST", "dead-letters/redrive", {
        queue: queue.role,
        ...which,
      });
      tell(words.letters.moved(moved, form.count(moved, locale), queue.name));
    } catch (error) {
      setLeaving(new Set());
      tell((error as Error).message, true);
    }
    done();
  }

  function remove({ n, which, listed }: Meant) {
    setLeaving(listed);
    hold({
      doing: words.letters.deleting(n, form.count(n, locale)),
      undone: () => setLeaving(new Set()),
      act: async () => {
        const request = { queue: queue.role, ...which };
        const answer = await send<{ deleted: number }>(
          "POST",
          "dead-letters/delete",
          request,
        ).finally(done);
        return words.letters.deleted(answer.deleted, form.count(answer.deleted, locale));
      },
    });
  }

  const actions = (
    <div class="view-actions">
      <button
        type="button"
        class="primary small"
        onClick={() => (meant.n < kMany ? void redrive(meant) : setSending(meant))}
      >
        <Glyph name="redo" />
        {some || kind ? words.letters.redriveSome(text) : words.letters.redriveAll}
      </button>
      <button type="button" class="quiet small bad" onClick={() => setConfirming(meant)}>
        <Glyph name="trash" />
        {some || kind ? words.letters.deleteSome(text) : words.letters.deleteAll}
      </button>
      {sending && (
        <Confirm
          title={words.letters.confirmRedrive(form.count(sending.n, locale))}
          text={words.letters.confirmRedriveText(queue.name)}
          confirm={words.letters.redriveSome(form.count(sending.n, locale))}
          onConfirm={() => void redrive(sending)}
          onClose={() => setSending(undefined)}
        />
      )}
      {confirming && (
        <Confirm
          title={words.letters.confirm(confirming.n, form.count(confirming.n, locale))}
          text={words.letters.confirmText(confirming.n, queue.dead_letter_name)}
          confirm={words.letters.confirmYes(confirming.n, form.count(confirming.n, locale))}
          onConfirm={() => remove(confirming)}
          onClose={() => setConfirming(undefined)}
        />
      )}
    </div>
  );
  return { leaving, actions };
}
