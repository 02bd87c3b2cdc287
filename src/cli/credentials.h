// The keys that a server checks signatures against.
#pragma once

#include <filesystem>

#include "wire/sigv4.h"

namespace doorbuster::cli {

// A file of the AWS CLI's form: profiles in brackets, each with aws_access_key_id and
// aws_secret_access_key, and here with `account`, twelve digits (all zeros if it has none). A
// profile's key is its account's root if the profile is called root or default, else a user of that
// name.
// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
// Throws CommandError that says what is wrong, and in which line.
wire::KeyRing read_credentials(const std::filesystem::path& path);

}  // namespace doorbuster::cli
