// The bytes of every message, for ever: a site of the version before must understand them. With
// OPORA_WRITE_GOLDEN set the file is written instead of read; what changed must be meant.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "protocol/codec/link_codec.h"
#include "tests/unit/link_codec/samples.h"

namespace opora::protocol {
namespace {

// name -> bytes. On disk: "name =", then lines of hexadecimal, a word of eight bytes apart.
using Parts = std::map<std::string, Bytes>;

const std::filesystem::path kPath = std::filesystem::path(OPORA_GOLDEN) / "link_frames.hex";

Parts written() {
  Parts parts;
  for (const auto& sample : frame_samples()) parts[sample.name] = encode_frame(sample.frame);
  for (const auto& sample : enrol_samples()) parts[sample.name] = encode_enrol(sample.message);
  return parts;
}

void write_file(const Parts& parts) {
  std::ofstream out(kPath);
  for (const auto& [name, bytes] : parts) {
    out << name << " =";
    for (std::size_t i = 0; i < bytes.size(); i += 8) {
      out << (i % 32 == 0 ? "\n  " : " ") << to_hex(std::string_view(bytes).substr(i, 8));
    }
    out << '\n';
  }
}

Parts read_file(const std::filesystem::path& path = kPath) {
  std::ifstream in(path);
  Parts parts;
  std::string name;
  std::string word;
  while (in >> word) {
    if (word == "=") continue;
    const auto bytes = from_hex(word);
    if (bytes && word.size() == 16) {
      parts[name] += *bytes;
    } else {
      name = word;
    }
  }
  return parts;
}

TEST(LinkGolden, EveryMessageIsWrittenInTheBytesOnFile) {
  if (std::getenv("OPORA_WRITE_GOLDEN") != nullptr) write_file(written());
  const Parts on_file = read_file();
  const Parts now = written();
  ASSERT_EQ(on_file.size(), now.size()) << kPath;
  for (const auto& [name, bytes] : now) {
    ASSERT_TRUE(on_file.contains(name)) << name;
    EXPECT_EQ(to_hex(on_file.at(name)), to_hex(bytes)) << name;
  }
}

TEST(LinkGolden, TheBytesOnFileAreUnderstood) {
  const Parts on_file = read_file();
  for (const auto& sample : frame_samples()) {
    ASSERT_TRUE(on_file.contains(sample.name)) << sample.name;
    const auto frame = decode_frame(on_file.at(sample.name));
    ASSERT_TRUE(frame.ok()) << sample.name << ": " << frame.error().message;
    EXPECT_EQ(*frame, sample.frame) << sample.name;
  }
  for (const auto& sample : enrol_samples()) {
    ASSERT_TRUE(on_file.contains(sample.name)) << sample.name;
    const auto message = decode_enrol(on_file.at(sample.name));
    ASSERT_TRUE(message.ok()) << sample.name << ": " << message.error().message;
    EXPECT_EQ(*message, sample.message) << sample.name;
  }
}

// What version 1 of the link was released with: a peer of it writes these bytes, and must be sent
// no others.
TEST(LinkGolden, TheBytesOfVersionOneStay) {
  const Parts released = read_file(std::filesystem::path(OPORA_GOLDEN) / "link_frames_1.hex");
  const Parts now = written();
  EXPECT_EQ(released.size(), 13u);
  EXPECT_FALSE(released.contains("withdrawn"));
  for (const auto& [name, bytes] : released) {
    ASSERT_TRUE(now.contains(name)) << name;
    EXPECT_EQ(to_hex(bytes), to_hex(now.at(name))) << name;
  }
}

// As sites wrote it before Hello told the history of the journal.
TEST(LinkGolden, AHelloWithoutHistoryIsUnderstood) {
  const Parts on_file =
      read_file(std::filesystem::path(OPORA_GOLDEN) / "hello_without_history.hex");
  ASSERT_TRUE(on_file.contains("hello"));
  const auto frame = decode_frame(on_file.at("hello"));
  ASSERT_TRUE(frame.ok()) << frame.error().message;
  Frame expected = frame_samples().front().frame;
  std::get<Hello>(expected.message).history.clear();
  EXPECT_EQ(*frame, expected);
}

// The field lies where earlier versions wrote zeros, so that the bytes on file are theirs, too.
TEST(LinkGolden, AVerdictIsUnderstoodAndOneOfALaterVersionMeansToWait) {
  Frame said = frame_samples().front().frame;
  for (const Verdict verdict :
       {Verdict::kNone, Verdict::kHeld, Verdict::kAdopt, Verdict::kSetAside}) {
    std::get<Hello>(said.message).verdict = verdict;
    EXPECT_EQ(*decode_frame(encode_frame(said)), said);
  }
  std::get<Hello>(said.message).verdict = static_cast<Verdict>(9);
  const auto later = decode_frame(encode_frame(said));
  EXPECT_EQ(std::get<Hello>(later->message).verdict, Verdict::kHeld);
}

}  // namespace
}  // namespace opora::protocol
