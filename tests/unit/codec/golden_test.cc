// The bytes of one record of every type, for ever: a build that writes others breaks every chain of
// the region.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "protocol/codec/record_codec.h"
#include "tests/unit/codec/samples.h"

namespace opora::protocol {
namespace {

namespace fs = std::filesystem;

// name -> bytes. On disk: "name =", then lines of hexadecimal, a word of eight bytes apart.
using Parts = std::map<std::string, Bytes>;

Parts parts_of(const Sample& sample) {
  const Bytes record = sealed_record(sample);
  Parts parts{{"facts", encode_facts(sample.facts)},
              {"record", record},
              {"chain", Bytes(chain_of(sample.env.prev, record).view())}};
  if (!sample.personal.empty()) parts["personal"] = encode_personal(sample.personal);
  return parts;
}

std::string written(const Parts& parts) {
  std::ostringstream out;
  for (const auto& [name, bytes] : parts) {
    out << name << " =";
    for (std::size_t i = 0; i < bytes.size(); i += 8) {
      out << (i % 32 == 0 ? "\n  " : " ") << to_hex(std::string_view(bytes).substr(i, 8));
    }
    out << '\n';
  }
  return out.str();
}

Parts read_parts(const fs::path& path) {
  std::ifstream in(path);
  Parts parts;
  std::string name;
  std::string word;
  while (in >> word) {
    if (word == "=") continue;
    if (const auto bytes = from_hex(word)) parts[name] += *bytes;
    else name = word;  // no name is hexadecimal
  }
  return parts;
}

fs::path golden(const Sample& sample) { return fs::path(OPORA_GOLDEN) / (sample.name + ".hex"); }

TEST(Golden, EveryRecordIsWrittenInTheBytesOnFile) {
  const bool rewrite = std::getenv("OPORA_WRITE_GOLDEN") != nullptr;
  for (const Sample& sample : samples()) {
    if (rewrite) std::ofstream(golden(sample)) << written(parts_of(sample));
    EXPECT_EQ(written(read_parts(golden(sample))), written(parts_of(sample))) << sample.name;
  }
}

TEST(Golden, EveryRecordOnFileIsReadAsItWasMeant) {
  for (const Sample& sample : samples()) {
    const auto record = decode_record(read_parts(golden(sample))["record"]);
    ASSERT_TRUE(record.ok()) << sample.name << ": " << record.error().message;
    EXPECT_EQ(record->env, sample.env) << sample.name;
    const auto facts = decode_facts(record->env.type, record->env.schema_version, record->facts);
    ASSERT_TRUE(facts.ok()) << sample.name;
    EXPECT_EQ(*facts, sample.facts) << sample.name;
    if (sample.personal.empty()) {
      EXPECT_EQ(record->sealed_personal, "") << sample.name;
      continue;
    }
    const auto plain = open(sample_key(), sample.env.origin, sample.env.n, sample.env.aggregate,
                            record->sealed_personal);
    ASSERT_TRUE(plain.ok()) << sample.name;
    const auto personal = decode_personal(*plain);
    ASSERT_TRUE(personal.ok()) << sample.name;
    EXPECT_EQ(*personal, sample.personal) << sample.name;
  }
}

TEST(Golden, ThereIsAFileForEveryTypeAndNoOther) {
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(OPORA_GOLDEN))
    files += entry.path().extension() == ".hex" ? 1 : 0;
  EXPECT_EQ(files, samples().size());
  // Some have a second, with what was added to them.
  std::set<std::size_t> types;
  for (const Sample& sample : samples()) types.insert(sample.facts.index());
  EXPECT_EQ(types.size(), std::variant_size_v<Facts> - 1);
}

}  // namespace
}  // namespace opora::protocol
