// How the system fares: what matters most in figures, and each over time.
import { useMemo } from "preact/hooks";
import * as form from "../form";
import { useLive } from "../live";
import { kRanges, reachOf, series, sinceBegun } from "../metrics";
import { drawn, idOf, plansOf } from "../now_plans";
import { Chart } from "../parts/chart";
import { Panel, Trouble, View } from "../parts/pieces";
import { RangeChoice, useRange } from "../parts/range_choice";
import { VerdictLine } from "../parts/verdict";
import { useSystem } from "../system";
import { useLoaded } from "../use_loaded";
import { useWords } from "../words";
import { Tiles } from "./now_tiles";

const kRefresh = 30_000; // ms: what is stored changes once a minute

export default function Now() {
  const system = useSystem();
  const { words } = useWords();
  const live = useLive();
  const [range, setRange] = useRange();
  const plans = useMemo(() => plansOf(system, words), [system, words]);
  const asked = plans.flatMap((plan) => plan.lines.map(idOf));
  const stored = useLoaded(
    async (signal) => sinceBegun(await series(asked, kRanges[range], signal)),
    [range],
    kRefresh,
  );
  const when = kRanges[range].seconds > 86_400 ? form.moment : form.clock;
  return (
    <View
      title={words.view.now}
      text={words.now.text}
      actions={<RangeChoice value={range} onChoose={setRange} />}
    >
      {stored.error !== undefined && <Trouble error={stored.error} />}
      <VerdictLine />
      <Tiles system={system} live={live} />
      <div class="charts">
        {plans.map((plan) => (
          <Panel key={plan.title} title={plan.title} class={plan.lead ? "lead" : ""}>
            <Chart
              title={`${plan.title}, ${words.range[range]}`}
              {...drawn(plan, stored.value, live)}
              show={plan.show}
              {...(plan.axis && { axis: plan.axis })}
              when={when}
              {...reachOf(range)}
            />
          </Panel>
        ))}
      </div>
    </View>
  );
}
