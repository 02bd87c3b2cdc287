// Unpacks a function's deployment package.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace doorbuster::runtime {

struct UnpackLimits {
  std::uint64_t bytes = 262'144'000;  // of all files, as they are inflated; AWS's own limit
  std::uint64_t entries = 100'000;
};

// Unpacks `zip` into a directory that exists and is empty. Files keep only whether they can be
// executed, and nothing is written or linked outside of the directory. Throws cloud::Error
// InvalidParameterValueException if that can't be done with this zip, ServiceException (500) if the
// disk is to blame; the directory is then half full.
void unpack(std::string_view zip, const std::filesystem::path& directory,
            const UnpackLimits& limits = {});

}  // namespace doorbuster::runtime
