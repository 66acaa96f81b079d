import "./workers";
import "./styles";
import { createRoot } from "react-dom/client";
import { loadConfig } from "./config";
import { DevelopmentExplorer } from "./development/DevelopmentExplorer";
import { startSession } from "./development/session";
import { createFetcher, createSender } from "./fetcher";
import { TokenExplorer } from "./TokenExplorer";
import { findExampleCustomer } from "./tour/exampleCustomer";
import { hasTabs } from "./tour/tabStorage";
import { buildTour } from "./tour/tour";

const root = createRoot(document.getElementById("root")!);

async function start() {
  const { endpoint, development } = await loadConfig();
  if (!development) {
    root.render(<TokenExplorer endpoint={endpoint} />);
    return;
  }
  const session = await startSession();
  // Only a first visit sees the tour: later ones find the tabs as they were left.
  const tour = hasTabs() ? [] : buildTour(await findExampleCustomer(createSender(endpoint, session.token)));
  root.render(<DevelopmentExplorer session={session} fetcher={createFetcher(endpoint, session.token)} tour={tour} />);
}

start().catch((error: unknown) => {
  root.render(
    <p className="start-failed" role="alert">
      The explorer could not start. {error instanceof Error ? error.message : String(error)}
    </p>,
  );
});
