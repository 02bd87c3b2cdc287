// How far back charts reach.
import { useChosen } from "../../route";
import { kRanges, type Range } from "../metrics";
import { useWords } from "../words";
import { Choice } from "./pieces";

const kAll = Object.keys(kRanges) as [Range, ...Range[]];

export const useRange = () => useChosen("range", kAll);

export function RangeChoice({ value, onChoose }: { value: Range; onChoose: (range: Range) => void }) {
  const { words } = useWords();
  const options = kAll.map((each) => [each, words.range[each]] as const);
  return <Choice label={words.now.range} options={options} value={value} onChoose={onChoose} />;
}
