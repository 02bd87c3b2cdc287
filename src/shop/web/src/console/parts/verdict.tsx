// How the whole system fares, in one line, and where there is more of it.
import { Link } from "../../route";
import * as form from "../form";
import { useLive } from "../live";
import { useSystem } from "../system";
import { verdictOf, type Verdict } from "../verdict";
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

// What is spoken changes with the verdict only, not with every number.
export function VerdictLine() {
  const { words, locale } = useWords();
  const live = useLive();
  const verdict = verdictOf(useSystem(), live);
  const { kind, queues, letters, failures } = verdict;
  const names = new Intl.ListFormat(locale, { type: "conjunction" }).format(queues);
  const said = words.verdict[kind];
  const text = typeof said === "string" ? said : said(queues.length, names);
  return (
    <p class="verdict">
      <span role="status">
        <Badge {...kLooks[kind]} text={text} />
      </span>
      {kind === "letters" && (
        <Link to={pathOf("deadLetters")}>
          {words.letters.inAll(letters, form.count(letters, locale))}
        </Link>
      )}
      {kind === "failing" && (
        <Link to={pathOf("workflows")}>
          {words.flow.failed(failures, form.count(failures, locale))}
        </Link>
      )}
    </p>
  );
}
