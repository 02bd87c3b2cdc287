#include "runtime/unpack.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "cloud/error.h"
#include "runtime/temporary.h"
#include "runtime/zip_maker.h"

namespace doorbuster::runtime {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kBadZip =
    "InvalidParameterValueException: Could not unzip uploaded file. Please check your file, then "
    "try to upload again. (";

class UnpackTest : public testing::Test {
 protected:
  UnpackTest() { fs::create_directory(place); }

  // What it is refused with; empty if it is not.
  std::string refusal(const std::string& zip, const UnpackLimits& limits = {}) {
    try {
      unpack(zip, place, limits);
      return "";
    } catch (const cloud::Error& e) {
      return e.what();
    }
  }
  std::string content(const char* name) const {
    std::ifstream file(place / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const Temporary home;
  const fs::path place = home.path() / "place";
};

TEST_F(UnpackTest, FilesKeepTheirPlacesAndWhetherTheyCanBeExecuted) {
  EXPECT_EQ(refusal(make_zip({executable("bootstrap", "#!/bin/sh"),
                              {"lib/", "", S_IFDIR | 0755},
                              {"lib/deep/module.py", "x = 1"},
                              {"secret", "locked", S_IFREG}})),
            "");
  EXPECT_EQ(content("bootstrap"), "#!/bin/sh");
  EXPECT_EQ(content("lib/deep/module.py"), "x = 1");
  EXPECT_EQ(content("secret"), "locked");
  const auto executes = [this](const char* name) {
    return (fs::status(place / name).permissions() & fs::perms::owner_exec) != fs::perms::none;
  };
  EXPECT_TRUE(executes("bootstrap"));
  EXPECT_FALSE(executes("lib/deep/module.py"));
}

TEST_F(UnpackTest, WhatIsNoZipIsRefused) {
  EXPECT_THAT(refusal("def handler(event, context): pass"), StartsWith(kBadZip));
  EXPECT_EQ(refusal(""), "InvalidParameterValueException: Uploaded file must be a non-empty zip");
  const std::string zip = make_zip({{"app.py", std::string(10'000, 'x')}});
  EXPECT_THAT(refusal(zip.substr(0, zip.size() / 2)), StartsWith(kBadZip));
}

TEST_F(UnpackTest, ADamagedEntryIsRefused) {
  std::string zip = make_zip({{"app.py", "print('order')"}});
  const auto at = zip.find("order");
  ASSERT_NE(at, std::string::npos) << "so short an entry is stored as it is";
  zip[at] = 'b';
  EXPECT_THAT(refusal(zip), HasSubstr("The entry app.py: "));
}

TEST_F(UnpackTest, NothingIsWrittenOutside) {
  for (const char* name : {"../evil", "a/../../evil", "/tmp/evil", ".."}) {
    EXPECT_THAT(refusal(make_zip({{name, "evil"}})),
                HasSubstr("would lie outside of the function's directory"))
        << name;
  }
  EXPECT_FALSE(fs::exists(home.path() / "evil"));
}

TEST_F(UnpackTest, LinksStayInside) {
  EXPECT_EQ(refusal(make_zip({link_to("lib/current", "../v1/lib.py"), {"v1/lib.py", "x = 1"}})),
            "");
  EXPECT_EQ(content("lib/current"), "x = 1");
}

TEST_F(UnpackTest, LinksThatLeadOutsideAreRefused) {
  constexpr const char* kWhy = "leads out of the function's directory";
  EXPECT_THAT(refusal(make_zip({link_to("passwords", "/etc/passwd")})), HasSubstr(kWhy));
  EXPECT_THAT(refusal(make_zip({link_to("up", "../..")})), HasSubstr(kWhy));
  EXPECT_THAT(refusal(make_zip({link_to("nowhere", "../../no/such/place")})), HasSubstr(kWhy));
  EXPECT_THAT(refusal(make_zip({link_to("on", "gone"), link_to("gone", "../no-such-place")})),
              HasSubstr(kWhy));
  EXPECT_EQ(refusal(make_zip({link_to("later", "not/there/yet")})), "");
  // Each for itself stays inside.
  EXPECT_THAT(refusal(make_zip({link_to("deep/top", ".."), link_to("out", "deep/top/..")})),
              HasSubstr(kWhy));
}

TEST_F(UnpackTest, NothingIsWrittenThroughALink) {
  EXPECT_THAT(refusal(make_zip({link_to("door", ".."), {"door/evil", "evil"}})), HasSubstr("door"));
  EXPECT_FALSE(fs::exists(home.path() / "evil"));
}

TEST_F(UnpackTest, ABombIsStoppedAtTheLimit) {
  UnpackLimits limits;
  limits.bytes = 100'000;
  const std::string zip =
      make_zip({{"a", std::string(60'000, '0')}, {"b", std::string(60'000, '0')}});
  ASSERT_LT(zip.size(), 1'000U);
  EXPECT_EQ(refusal(zip, limits),
            "InvalidParameterValueException: Unzipped size must be smaller than 100000 bytes");
  limits.bytes = 120'000;
  EXPECT_EQ(refusal(zip, limits), "");
}

TEST_F(UnpackTest, ABombThatLiesAboutItsSizeIsStoppedToo) {
  std::string zip = make_zip({{"a", std::string(60'000, '0')}});
  const std::string size("\x60\xEA\0\0", 4);
  const std::string lie("\x0A\0\0\0", 4);
  int lies = 0;
  for (auto at = zip.find(size); at != std::string::npos; at = zip.find(size)) {
    zip.replace(at, lie.size(), lie);
    ++lies;
  }
  EXPECT_EQ(lies, 2) << "beside the entry, and in the directory";
  UnpackLimits limits;
  limits.bytes = 50'000;
  EXPECT_THAT(refusal(zip, limits), StartsWith("InvalidParameterValueException: "));
  EXPECT_LE(fs::file_size(place / "a"), limits.bytes);
}

TEST_F(UnpackTest, TooManyEntriesAreRefused) {
  UnpackLimits limits;
  limits.entries = 2;
  EXPECT_THAT(refusal(make_zip({{"a", ""}, {"b", ""}, {"c", ""}}), limits),
              HasSubstr("It has 3 entries; the maximum is 2"));
}

}  // namespace
}  // namespace doorbuster::runtime
