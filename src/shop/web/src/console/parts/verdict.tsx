// How the whole system fares, in a line, and where there is more of it.
import { Link } from "../../route";
import * as form from "../form";
import { useLive } from "../live";
import { useSystem } from "../system";
import { verdictsOf, type Verdict } from "../verdict";
import { pathOf } from "../views";
import { useWords } from "../words";
import { Badge, type Tone } from "./badge";
import type { GlyphName } from "./glyph";

const kLooks: Record<Verdict["kind"], { tone: Tone; icon: GlyphName }> = {
  unknown: { tone: "plain", icon: "clock" },
  lost: { tone: "wait", icon: "alert" },
  stopped: { tone: "bad", icon: "alert" },
  fills: { tone: "wait", icon: "up" },
  letters: { tone: "bad", icon: "deadLetters" },
  failing: { tone: "wait", icon: "alert" },
  flows: { tone: "good", icon: "check" },
  idle: { tone: "good", icon: "check" },
};

// What is spoken changes with the verdicts only, not with every number.
export function VerdictLine() {
  const live = useLive();
  const verdicts = verdictsOf(useSystem(), live);
  return (
    <div class="verdict">
      <div role="status">
        {verdicts.map((verdict) => (
          <Said key={verdict.kind} verdict={verdict} />
        ))}
      </div>
      {verdicts.map((verdict) => (
        <Where key={verdict.kind} verdict={verdict} />
      ))}
    </div>
  );
}

function Said({ verdict: { kind, queues } }: { verdict: Verdict }) {
  const { words, locale } = useWords();
  const names = new Intl.ListFormat(locale, { type: "conjunction" }).format(queues);
  const said = words.verdict[kind];
  const text = typeof said === "string" ? said : said(queues.length, names);
  return <Badge {...kLooks[kind]} text={text} />;
}

// Where there is more of it.
function Where({ verdict: { kind, count } }: { verdict: Verdict }) {
  const { words, locale } = useWords();
  const text = form.count(count, locale);
  if (kind === "letters") {
    return <Link to={pathOf("deadLetters")}>{words.letters.inAll(count, text)}</Link>;
  }
  if (kind === "failing") {
    const failed = `${pathOf("workflows")}?status=FAILED`;
    return <Link to={failed}>{words.flow.failed(count, text)}</Link>;
  }
  return null;
}
