// Where functions run: what whoever knows the functions asks of whoever has processes to run them
// in. AWS shows nothing of this; the types speak Lambda's words.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "cloud/async.h"

namespace doorbuster::cloud {

// A function as it is deployed. Whatever is changed of it makes another `revision`.
struct Deployment {
  std::string FunctionArn;
  std::string FunctionName;
  std::string Version = "$LATEST";
  std::string RevisionId;
  std::string Runtime;   // "python3.11", "nodejs20.x", "provided.al2023"; empty with an ImageUri
  std::string Handler;   // "app.handler"
  std::string ImageUri;  // of PackageType Image
  int MemorySize = 128;  // MiB
  int Timeout = 3;       // seconds
  std::map<std::string, std::string> Environment;
  std::uint64_t CodeSize = 0;
  std::string CodeSha256;  // base64, of the zip
  // The zip's bytes, as long as the function has them. Any thread.
  std::function<Async<std::string>()> code;
};

struct Invocation {
  std::string AwsRequestId;
  std::string Payload;        // JSON
  std::string ClientContext;  // JSON, or empty
  std::string TraceHeader;    // X-Amzn-Trace-Id, or empty
  std::string InvokedFunctionArn;
  // In the place of Payload, if the function is an image and the caller has a value.
  std::optional<boost::json::value> Event;
};

struct InvocationOutcome {
  // What the function answered, or {"errorMessage", "errorType", ...} if FunctionError is set.
  std::string Payload;
  // What it answered to an Event, in the place of Payload.
  std::optional<boost::json::value> Answer;
  std::string FunctionError;  // "Unhandled", or empty
  std::string LogTail;        // the last 4 KiB of what this call wrote to the log
  std::chrono::milliseconds Duration{};
};

class FunctionHost {
 public:
  virtual ~FunctionHost() = default;

  // Throws cloud::Error as CreateFunction does (InvalidParameterValueException) if it could never
  // run the function: an unknown runtime or image, a zip that is none or is too large.
  virtual Async<void> check(Deployment deployment) = 0;

  // Completes when the function has answered, failed or was stopped at its Timeout; a function that
  // fails is an outcome, not an exception. Throws cloud::Error of status 5xx only if the call was
  // never begun. May be called from any thread, many times at once.
  virtual Async<InvocationOutcome> invoke(Deployment deployment, Invocation invocation) = 0;

  // The function is gone or has changed: what waits for its next call can end. Any thread.
  virtual void retire(const std::string& function_arn) = 0;
};

}  // namespace doorbuster::cloud
