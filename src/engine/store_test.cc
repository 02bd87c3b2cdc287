// The store on real directories: what it refuses it leaves exactly as it was.
#include "engine/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <sstream>

namespace doorbuster::engine {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    std::string name = (fs::temp_directory_path() / "store_test.XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
    root = name;
    directory = root / "data";
  }
  ~StoreTest() override {
    fs::permissions(root, fs::perms::owner_all);
    if (fs::exists(directory)) fs::permissions(directory, fs::perms::owner_all);
    fs::remove_all(root);
  }

  // Every file and folder under the root, with what is in it.
  std::map<std::string, std::string> tree() const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      std::ostringstream content;
      if (entry.is_regular_file()) content << std::ifstream(entry.path()).rdbuf();
      all[entry.path().string()] = content.str();
    }
    return all;
  }
  void write_file(const fs::path& path, const std::string& content) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << content;
  }
  std::string refusal() {
    try {
      Store::open(directory);
      return "";
    } catch (const StoreError& e) {
      return e.what();
    }
  }
  // A refusal that says `what` and changes nothing.
  void expect_refused(const std::string& what) {
    const auto before = tree();
    const auto why = refusal();
    EXPECT_THAT(why, HasSubstr(what));
    EXPECT_THAT(why, HasSubstr(directory.string()));
    EXPECT_TRUE(tree() == before) << "it was touched";
  }
  // A store with something in it, closed again.
  void make() {
    const auto store = Store::open(directory);
    Batch batch = store->batch();
    batch.put(Family::config, "key", "value");
    store->write(batch);
  }
  fs::path current_manifest() const {
    std::string name;
    std::getline(std::ifstream(directory / "db" / "CURRENT"), name);
    return directory / "db" / name;
  }

  fs::path root;
  fs::path directory;
};

TEST_F(StoreTest, WhatWasWrittenIsThereAgain) {
  make();
  const auto store = Store::open(directory);
  std::string value;
  EXPECT_TRUE(store->get(Family::config, "key", &value));
  EXPECT_EQ(value, "value");
  EXPECT_FALSE(store->get(Family::state, "key", &value));
}

TEST_F(StoreTest, ABatchPutsAndRemovesTogether) {
  const auto store = Store::open(directory);
  Batch batch = store->batch();
  for (const char* key : {"a", "b", "c", "d"}) batch.put(Family::state, key, "1");
  store->write(batch);
  Batch second = store->batch();
  EXPECT_TRUE(second.empty());
  second.remove(Family::state, "a");
  second.remove_range(Family::state, "c", "d");
  EXPECT_FALSE(second.empty());
  store->write(second);
  std::string keys;
  store->scan(Family::state, "", "z", [&](std::string_view key, std::string_view) {
    keys += key;
    return true;
  });
  EXPECT_EQ(keys, "bd");
  keys.clear();
  store->scan(Family::state, "b", "d", [&](std::string_view key, std::string_view) {
    keys += key;
    return true;
  });
  EXPECT_EQ(keys, "b") << "the end is not part of it";
}

TEST_F(StoreTest, TheNextPrefixIsBehindAllKeysOfThisOne) {
  EXPECT_EQ(after_prefix("ab"), "ac");
  EXPECT_EQ(after_prefix(std::string("a\xff\xff")), "b");
}

TEST_F(StoreTest, ADirectoryOfSomebodyElseIsRefused) {
  write_file(directory / "thesis.txt", "years of work");
  write_file(directory / "db" / "CURRENT", "MANIFEST-000001\n");
  expect_refused("which is not doorbuster's");
}

TEST_F(StoreTest, AFileIsRefused) {
  write_file(directory, "not a directory");
  expect_refused("");
  EXPECT_NE(refusal(), "");
}

TEST_F(StoreTest, AnotherFormatIsRefused) {
  make();
  write_file(directory / "FORMAT", "doorbuster 99\n");
  expect_refused("\"doorbuster 99\"");
}

TEST_F(StoreTest, ADamagedManifestIsRefused) {
  make();
  std::fstream(current_manifest(), std::ios::in | std::ios::out) << "not what it was";
  expect_refused("is damaged and was left as it is");
}

TEST_F(StoreTest, AMissingManifestIsRefused) {
  make();
  fs::remove(current_manifest());
  expect_refused("");
  EXPECT_NE(refusal(), "");
}

TEST_F(StoreTest, ADamagedCurrentIsRefused) {
  make();
  for (const char* content : {"", "nonsense", "MANIFEST-999999\n"}) {
    write_file(directory / "db" / "CURRENT", content);
    expect_refused("");
    EXPECT_NE(refusal(), "") << content;
  }
}

TEST_F(StoreTest, AMissingCurrentIsRefusedAndNotTakenForANewDatabase) {
  make();
  fs::remove(directory / "db" / "CURRENT");
  expect_refused("is damaged and was left as it is");
}

TEST_F(StoreTest, WhatACrashLeftOfAFirstStartIsTakenUp) {
  write_file(directory / "FORMAT.new", "doorbu");
  make();
  EXPECT_EQ(refusal(), "");
  EXPECT_FALSE(fs::exists(directory / "FORMAT.new"));
}

TEST_F(StoreTest, NothingIsWrittenBesideTheDirectory) {
  fs::create_directories(directory);
  make();
  EXPECT_EQ(std::distance(fs::directory_iterator(root), fs::directory_iterator()), 1);
}

TEST_F(StoreTest, ASecondOpenInTheSameProcessIsRefused) {
  const auto store = Store::open(directory);
  expect_refused("is in use by another doorbuster");
}

// Runs in a child: its exit code is 0 if opening was refused for the reason.
int exit_code_of_child(const fs::path& directory, const std::string& reason, bool as_nobody) {
  const pid_t child = fork();
  if (child == 0) {
    if (as_nobody && (setgid(65'534) != 0 || setuid(65'534) != 0)) _exit(3);
    try {
      Store::open(directory);
      _exit(1);
    } catch (const StoreError& e) {
      _exit(std::string(e.what()).find(reason) == std::string::npos ? 2 : 0);
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(StoreTest, ADirectoryThatAnotherProcessHasOpenIsRefused) {
  int ready[2];
  int finish[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(finish), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(finish[1]);
    const auto store = Store::open(directory);
    char byte = 'r';
    if (write(ready[1], &byte, 1) != 1) _exit(1);
    if (read(finish[0], &byte, 1) != 0) _exit(1);  // until the parent closes
    _exit(0);
  }
  close(finish[0]);
  char byte = 0;
  EXPECT_EQ(read(ready[0], &byte, 1), 1);
  expect_refused("is in use by another doorbuster");
  close(finish[1]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(refusal(), "") << "the lock ends with the process, however that ends";
}

TEST_F(StoreTest, ADirectoryThatCantBeWrittenIsRefused) {
  const bool root_user = geteuid() == 0;
  fs::create_directories(directory);
  fs::permissions(root, fs::perms(0755));
  fs::permissions(directory, fs::perms(0555));
  const auto before = tree();
  EXPECT_EQ(exit_code_of_child(directory, "can't be used", root_user), 0);
  EXPECT_TRUE(tree() == before);
}

}  // namespace
}  // namespace doorbuster::engine
