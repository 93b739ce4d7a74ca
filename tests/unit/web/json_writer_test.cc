#include "web/server/json_writer.h"

#include <gtest/gtest.h>

namespace opora::web {
namespace {

template <class T>
std::string written(const T& value) {
  JsonWriter out;
  out.value(value);
  return out.take();
}

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  JsonWriter out;
  out.object([&] {
    out.field("a", 1);
    out.array("b", [&] {
      out.value("x");
      out.object([&] { out.field("c", std::optional<int>()); });
      out.array([] {});
    });
    out.object("d", [] {});
    out.field("e", true);
  });
  EXPECT_EQ(out.take(), R"({"a":1,"b":["x",{"c":null},[]],"d":{},"e":true})");
}

TEST(JsonWriter, EscapesWhatJsonAsksFor) {
  EXPECT_EQ(written("\"\\\n\r\t\x01\x1f/<"), R"("\"\\\n\r\t\u0001\u001f/<")");
  EXPECT_EQ(written(std::string("a\0b", 3)), R"("a\u0000b")");
  EXPECT_EQ(written("Опора 🏥"), "\"Опора 🏥\"");
}

TEST(JsonWriter, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(written("a\xFFz\xC3"), "\"a\xEF\xBF\xBDz\xEF\xBF\xBD\"");
  EXPECT_EQ(written("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(JsonWriter, WritesNumbersExactly) {
  EXPECT_EQ(written(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(written(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(written(Decimal{985, 1}), "98.5");
  EXPECT_EQ(written(Decimal{5, 2}), "0.05");
  EXPECT_EQ(written(Decimal{-5, 1}), "-0.5");
  EXPECT_EQ(written(Decimal{-7, 0}), "-7");
  EXPECT_EQ(written(Decimal{std::numeric_limits<std::int64_t>::min(), 3}), "-9223372036854775.808");
}

TEST(JsonWriter, WritesIdsAndTimes) {
  EXPECT_EQ(written(SiteNo{17}), "17");
  EXPECT_EQ(written(AggregateId{}), "\"00000000000000000000000000000000\"");
  EXPECT_EQ(written(TimeMs{1'795'152'667'250}), "\"2026-11-20T05:31:07.250Z\"");
  EXPECT_EQ(written(std::optional<TimeMs>()), "null");
  EXPECT_EQ(written(RawJson{R"({"ready":1})"}), R"({"ready":1})");
}

TEST(JsonWriterDeathTest, StopsOnAnUnbalancedObject) {
  EXPECT_DEATH(
      {
        JsonWriter out;
        out.object([&] { out.take(); });
      },
      "check failed");
}

}  // namespace
}  // namespace opora::web
