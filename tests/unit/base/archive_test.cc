#include "protocol/base/archive.h"

#include <gtest/gtest.h>

namespace opora {
namespace {

enum class Colour : std::uint8_t { kRed = 1, kBlue = 2 };

struct Row {
  std::int64_t number = 0;
  Colour colour = Colour::kRed;
  std::string text;
  std::map<std::uint32_t, std::string> notes;
  std::optional<TimeMs> at;
  std::set<std::uint16_t> desks;
  bool flag = false;
  template <class V>
  void visit(V&& v) {
    v(number, colour, text, notes, at, desks, flag);
  }
  bool operator==(const Row&) const = default;
};

TEST(Archive, ReadsBackWhatItWrote) {
  const Row row{-77, Colour::kBlue, "ночь", {{1, "a"}, {2, ""}}, TimeMs{-3}, {1, 5}, true};
  EXPECT_EQ(from_row<Row>(to_row(row)), row);
}

TEST(Archive, RefusesEveryTruncationAndAnyTail) {
  const Bytes bytes = to_row(Row{5, Colour::kRed, "abc", {{9, "x"}}, std::nullopt, {3}, false});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(from_row<Row>(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(from_row<Row>(bytes + "x"));
}

TEST(Archive, AHugeCountInAShortRowAllocatesNothing) {
  ArchiveWriter writer;
  writer.varint(~std::uint64_t{0});
  EXPECT_FALSE(from_row<std::vector<std::string>>(writer.take()));
}

}  // namespace
}  // namespace opora
