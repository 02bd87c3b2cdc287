import { useEffect, useRef, useState } from "preact/hooks";
import { TextField } from "../design/field";
import { currencySign, money, seconds } from "../format";
import { useLanguage } from "../language";
import { go } from "../route";
import { kSteps, orderPath } from "./order";
import { amountOf, faultsOf, kFields, type Draft, type Faults, type Field } from "./rules";
import { bodyOf } from "./submit";
import { Trouble } from "./trouble";
import { useSubmission, type Submission } from "./use_submission";

const kEmpty: Draft = { customerName: "", product: "", amount: "", email: "" };

// Where the server alone found something, its own words stand behind ours.
function refusedFaults(submission: Submission, own: Faults, preface: string): Faults {
  if (submission.kind !== "refused") return own;
  const all = { ...own };
  for (const field of kFields) {
    const text = submission.fields[field];
    if (text !== undefined && all[field] === undefined) all[field] = `${preface} ${text}`;
  }
  return all;
}

export function OrderForm() {
  const { words, locale } = useLanguage();
  const [draft, setDraft] = useState(kEmpty);
  const [shown, setShown] = useState<ReadonlySet<Field>>(new Set()); // whose faults are
  const form = useRef<HTMLFormElement>(null);
  const { submission, send, retry, forget } = useSubmission();
  const limits = submission.kind === "refused" ? submission.limits : {};
  const own = faultsOf(draft, limits, { words, locale });
  const faults = refusedFaults(submission, own, words.fault.refused);
  const sending = submission.kind === "sending";

  useEffect(() => {
    document.title = `${words.form.title} · Doorbuster`;
  }, [words]);

  useEffect(() => {
    if (submission.kind === "taken") go(orderPath(submission.orderId));
    if (submission.kind === "refused") {
      setShown(new Set(kFields));
      focusFirstFault();
    }
  }, [submission]);

  // Once the faults are on the page.
  function focusFirstFault() {
    setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
  }

  function onSubmit(event: Event) {
    event.preventDefault();
    if (sending) return;
    setShown(new Set(kFields));
    if (Object.keys(own).length > 0) focusFirstFault();
    else send(bodyOf(draft, locale));
  }

  function field(name: Field) {
    return {
      name,
      label: words.form[name],
      value: draft[name],
      fault: shown.has(name) ? faults[name] : undefined,
      onValue: (value: string) => {
        setDraft({ ...draft, [name]: value });
        forget();
      },
      onLeave: () => {
        if (draft[name] !== "") setShown(new Set([...shown, name]));
      },
    };
  }

  const price = own.amount === undefined && money(amountOf(draft, locale), locale);
  const label = price ? words.form.submitFor(price) : words.form.submit;
  return (
    <div class="split">
      <section class="lede">
        <h1>{words.form.title}</h1>
        <p>{words.form.promise}</p>
        <Afterwards />
      </section>
      <form class="card" ref={form} onSubmit={onSubmit} noValidate aria-busy={sending}>
        <TextField {...field("customerName")} input={{ autocomplete: "name", required: true }} />
        <TextField
          {...field("product")}
          hint={words.form.productHint}
          input={{ autocomplete: "off", required: true }}
        />
        <TextField
          {...field("amount")}
          sign={currencySign(locale)}
          input={{ inputMode: "decimal", autocomplete: "off", required: true }}
        />
        <TextField
          {...field("email")}
          note={words.form.optional}
          hint={words.form.emailHint}
          input={{ type: "email", autocomplete: "email" }}
        />
        <div role="status">
          <Trouble
            submission={submission}
            faulty={Object.keys(faults).some((name) => shown.has(name as Field))}
          />
        </div>
        <Countdown submission={submission} retry={retry} />
        {/* A field that is left by this press may be told its fault, which moves the button away
            from under the pointer: so the press leaves none. */}
        <button
          class="primary"
          type="submit"
          aria-disabled={sending}
          onMouseDown={(event) => event.preventDefault()}
        >
          {sending ? words.form.submitting : label}
        </button>
      </form>
    </div>
  );
}

// Not in the live region: nobody wants to hear every second.
function Countdown({ submission, retry }: { submission: Submission; retry: () => void }) {
  const { words, locale } = useLanguage();
  if (submission.kind !== "waiting") return null;
  return (
    <p class="countdown">
      <span>{words.trouble.retryIn(seconds(submission.seconds, locale))}</span>
      <button type="button" class="quiet" onClick={retry}>
        {words.trouble.retryNow}
      </button>
    </p>
  );
}

function Afterwards() {
  const { words } = useLanguage();
  return (
    <section class="afterwards" aria-labelledby="afterwards">
      <h2 id="afterwards">{words.form.afterwards}</h2>
      <ol>
        {kSteps.map((state) => (
          <li key={state}>
            <strong>{words.state[state][0]}</strong> <span>{words.state[state][1]}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
