#include "web/server/query_reader.h"

#include <array>

#include <gtest/gtest.h>

namespace opora::web {
namespace {

enum class Open { kOpen, kDone };
constexpr std::array<EnumName<Open>, 2> kOpenNames{{{"open", Open::kOpen}, {"done", Open::kDone}}};

std::string error_of(const Query& query, const std::function<void(QueryReader&)>& read) {
  QueryReader in(query);
  read(in);
  const auto status = in.finish();
  return status.ok() ? "" : status.error().path + ": " + status.error().message;
}

TEST(QueryReader, ReadsWhatIsThere) {
  const Query query{
      {"limit", "5"}, {"q", "Ольга"}, {"date", "2026-11-20"}, {"status", "done"}, {"cursor", ""}};
  EXPECT_EQ(error_of(query,
                     [](QueryReader& in) {
                       EXPECT_EQ(in.integer("limit", {.min = 1, .max = 200}), 5);
                       EXPECT_EQ(in.line("q"), "Ольга");
                       EXPECT_TRUE(in.date("date"));
                       EXPECT_EQ(in.one_of<Open>("status", kOpenNames), Open::kDone);
                       EXPECT_EQ(in.line("cursor"), std::nullopt);
                       EXPECT_EQ(in.integer("desk"), std::nullopt);
                     }),
            "");
}

TEST(QueryReader, NamesWhatIsWrong) {
  const auto limit = [](QueryReader& in) { in.integer("limit", {.min = 1, .max = 200}); };
  for (const char* bad : {"0", "201", "x", "5x", " 5", "+5", "99999999999999999999"}) {
    EXPECT_EQ(error_of({{"limit", bad}}, limit), "limit: must be an integer between 1 and 200")
        << bad;
  }
  EXPECT_EQ(error_of({{"limit", "5"}, {"limit", "6"}}, limit), "limit: is given twice");
  EXPECT_EQ(error_of({{"limti", "5"}}, limit), "limti: is not a known parameter");
  EXPECT_EQ(error_of({{"q", "ёёё"}}, [](QueryReader& in) { in.line("q", {.max_chars = 2}); }),
            "q: must have 0 to 2 characters");
  EXPECT_EQ(error_of({{"date", "today"}}, [](QueryReader& in) { in.date("date"); }),
            "date: must be a date, YYYY-MM-DD");
  EXPECT_EQ(
      error_of({{"status", "x"}}, [](QueryReader& in) { in.one_of<Open>("status", kOpenNames); }),
      "status: unknown value");
}

}  // namespace
}  // namespace opora::web
