// What the shop shows while there is nothing to take orders into.
import { useEffect } from "preact/hooks";
import { show } from "./design/frame";
import { useLanguage } from "./language";

function NotSetUp() {
  const words = useLanguage().words.notSetUp;
  useEffect(() => {
    document.title = `${words.title} · Doorbuster`;
  }, [words]);
  return (
    <section class="lede alone">
      <h1>{words.title}</h1>
      <p>{words.text}</p>
      <ul class="ways">
        <li>
          <code>doorbuster setup</code> {words.setup}
        </li>
        <li>
          <code>doorbuster up --demo</code> {words.demo}
        </li>
      </ul>
      <p class="actions">
        <button type="button" class="primary" onClick={() => location.reload()}>
          {words.lookAgain}
        </button>
        <a class="quiet" href="/console">
          {words.toConsole}
        </a>
      </p>
    </section>
  );
}

show(<NotSetUp />);
