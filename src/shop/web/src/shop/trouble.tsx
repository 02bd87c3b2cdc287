// Why an order has not been taken yet, in words for whoever placed it.
import { Notice } from "../design/notice";
import { useLanguage } from "../language";
import type { Submission } from "./use_submission";

interface TroubleProps {
  submission: Submission;
  faulty: boolean; // something on the form is marked
}

export function Trouble({ submission, faulty }: TroubleProps) {
  const { words } = useLanguage();
  const { trouble, fault } = words;
  switch (submission.kind) {
    case "waiting":
      return <Notice kind="wait" title={trouble.busy} text={trouble.busyText} />;
    case "offline":
      return <Notice kind="wait" title={trouble.offline} text={trouble.offlineText} />;
    case "broken":
      return <Notice kind="wait" title={trouble.broken} text={trouble.brokenText} />;
    case "failed":
      return <Notice kind="stop" title={trouble.failed} text={trouble.failedText} />;
    case "refused":
      // The server's sentence is English.
      return faulty ? (
        <Notice kind="stop" title={trouble.refused} text={fault.summary} />
      ) : (
        <Notice kind="stop" title={trouble.refused} text={<span lang="en">{submission.error}</span>} />
      );
    default:
      return faulty ? <Notice kind="stop" title={fault.summary} /> : null;
  }
}
