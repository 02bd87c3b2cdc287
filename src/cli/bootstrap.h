// The functions as Lambda runs them: this program in a zip, by the name `bootstrap`.
#pragma once

namespace doorbuster::cli {

// Serves the function that _HANDLER names, until Lambda has no more use for it. What the function
// needs, the environment says: the cloud as to the AWS CLI, and in DATABASE the file of the
// database of one that keeps any; whatever is missing fails the call. See run_bootstrap().
int bootstrap();

}  // namespace doorbuster::cli
