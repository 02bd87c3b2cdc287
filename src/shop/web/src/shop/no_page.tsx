// For an address that leads nowhere.
import { useEffect } from "preact/hooks";
import { useLanguage } from "../language";
import { Link } from "../route";

export function NoPage() {
  const { words } = useLanguage();
  const { title, text, toForm } = words.noPage;
  useEffect(() => {
    document.title = `${title} · Doorbuster`;
  }, [title]);
  return (
    <section class="lede alone">
      <h1>{title}</h1>
      <p>{text}</p>
      <p class="actions">
        <Link class="quiet" to="/">
          {toForm}
        </Link>
      </p>
    </section>
  );
}
