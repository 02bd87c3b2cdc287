// A part of the page that didn't come: the program was exchanged for a newer one since the page was
// loaded, or it is away. Loaded again, the page is whole.
import { useLanguage } from "../language";
import { Notice } from "./notice";

export function Reload() {
  const { words } = useLanguage();
  return (
    <div role="alert">
      <Notice kind="wait" title={words.incomplete} text={words.incompleteText} />
      <p class="actions">
        <button type="button" class="primary" onClick={() => location.reload()}>
          {words.reload}
        </button>
      </p>
    </div>
  );
}
