import { useState } from "preact/hooks";
import { TextField } from "../design/field";
import { Refusal, send } from "./api";
import { Trouble, View } from "./parts/pieces";
import { useWords } from "./words";

export function SignIn({ onEnter }: { onEnter: () => void }) {
  const { words } = useWords();
  const [token, setToken] = useState("");
  const [error, setError] = useState<unknown>();
  const [asking, setAsking] = useState(false);
  const wrong = error instanceof Refusal && error.status === 401;

  async function submit(event: Event) {
    event.preventDefault();
    if (asking) return;
    setAsking(true);
    try {
      await send("POST", "session", { token: token.trim() });
      onEnter();
    } catch (refused) {
      setError(refused);
    }
    setAsking(false);
  }

  return (
    <View title={words.signIn.title} text={words.signIn.text}>
      <form class="card" onSubmit={(event) => void submit(event)} noValidate aria-busy={asking}>
        {error !== undefined && !wrong && <Trouble error={error} />}
        <TextField
          name="token"
          label={words.signIn.token}
          hint={words.signIn.hint}
          value={token}
          fault={wrong ? words.signIn.wrong : undefined}
          onValue={(value) => {
            setToken(value);
            setError(undefined);
          }}
          onLeave={() => {}}
          input={{ type: "password", autocomplete: "current-password", required: true }}
        />
        <button class="primary" type="submit" aria-disabled={asking}>
          {words.signIn.enter}
        </button>
      </form>
    </View>
  );
}
