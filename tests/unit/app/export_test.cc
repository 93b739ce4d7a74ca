#include <gtest/gtest.h>

#include "web/app/export/delimited.h"
#include "web/app/export/xlsx.h"

namespace opora::app {
namespace {

Table one_text(std::string text) { return {"t", {{"name"}}, {{std::move(text)}}}; }

std::string csv_line(std::string text) {
  const std::string all = *to_csv(one_text(std::move(text)));
  const std::string head = "\xEF\xBB\xBFname\r\n";
  EXPECT_TRUE(all.starts_with(head));
  EXPECT_TRUE(all.ends_with("\r\n"));
  return all.substr(head.size(), all.size() - head.size() - 2);
}

std::string tsv_line(std::string text) {
  const std::string all = *to_tsv(one_text(std::move(text)));
  EXPECT_TRUE(all.starts_with("name\n"));
  return all.substr(5, all.size() - 6);
}

const Table kDay{
    "day",
    {{"desk"}, {"received", ColumnType::kNumber}, {"pct", ColumnType::kPercent, 1}, {"through"}},
    {{std::string("ГУЗ № 1; «север»"), std::int64_t{22}, std::int64_t{973}, std::string("2026")},
     {std::string("Пусто"), std::int64_t{0}, std::monostate{}, std::monostate{}}}};

TEST(Tsv, HasAHeaderPointsAndEmptyFieldsForTheUnknown) {
  EXPECT_EQ(*to_tsv(kDay),
            "desk\treceived\tpct\tthrough\n"
            "ГУЗ № 1; «север»\t22\t97.3\t2026\n"
            "Пусто\t0\t\t\n");
}

TEST(Tsv, ANameCannotBreakALineOrAColumn) {
  EXPECT_EQ(tsv_line("a\tb"), "a b");
  EXPECT_EQ(tsv_line("a\r\n\t b"), "a  b");
  EXPECT_EQ(tsv_line(std::string("a\0b\x1B[0m", 7)), "ab[0m");
  EXPECT_EQ(tsv_line("=1+1"), "=1+1");
  EXPECT_EQ(tsv_line("\"q\""), "\"q\"");
  EXPECT_EQ(tsv_line("\xD0"), "\uFFFD");
}

TEST(Csv, IsWhatRussianSpreadsheetsOpen) {
  EXPECT_EQ(*to_csv(kDay),
            "\xEF\xBB\xBF"
            "desk;received;pct;through\r\n"
            "\"ГУЗ № 1; «север»\";22;97,3;2026\r\n"
            "Пусто;0;;\r\n");
}

TEST(Csv, QuotesAreDoubledAndLineEndsQuoted) {
  EXPECT_EQ(csv_line("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(csv_line("a\nb"), "\"a\nb\"");
  EXPECT_EQ(csv_line("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_line(""), "");
}

TEST(Csv, ATextIsNeverAFormula) {
  EXPECT_EQ(csv_line("=1+1"), "\"'=1+1\"");
  EXPECT_EQ(csv_line("+79991234567"), "\"'+79991234567\"");
  EXPECT_EQ(csv_line("-2"), "\"'-2\"");
  EXPECT_EQ(csv_line("@SUM(A1)"), "\"'@SUM(A1)\"");
  EXPECT_EQ(csv_line("\t=1"), "\"'\t=1\"");
  EXPECT_EQ(csv_line("\r=1"), "\"'\r=1\"");
  EXPECT_EQ(csv_line("\n=1"), "\"'\n=1\"");
  EXPECT_EQ(csv_line("\x01=1"), "\"'=1\"");
  EXPECT_EQ(csv_line("=cmd|' /C calc'!A0;\"x\""), "\"'=cmd|' /C calc'!A0;\"\"x\"\"\"");
}

TEST(Csv, ANegativeNumberIsANumber) {
  const Table table{"t", {{"n", ColumnType::kNumber, 1}}, {{std::int64_t{-25}}}};
  EXPECT_EQ(*to_csv(table), "\xEF\xBB\xBFn\r\n-2,5\r\n");
}

TEST(Numbers, AreWrittenFromWholeMultiples) {
  EXPECT_EQ(number_text(0, 0, '.'), "0");
  EXPECT_EQ(number_text(5, 2, '.'), "0.05");
  EXPECT_EQ(number_text(-5, 1, '.'), "-0.5");
  EXPECT_EQ(number_text(1000, 1, '.'), "100.0");
  EXPECT_EQ(number_text(INT64_MIN, 0, '.'), "-9223372036854775808");
}

TEST(Export, TooManyRowsOrColumnsAreRefusedInEveryFormat) {
  Table tall{"t", {{"a"}}, std::vector<Row>(kMaxExportRows + 1, Row{std::monostate{}})};
  Table wide{"t", std::vector<Column>(kMaxExportColumns + 1), {}};
  for (const Table* table : {&tall, &wide}) {
    ASSERT_FALSE(to_tsv(*table).ok());
    EXPECT_EQ(to_tsv(*table).error().code, Code::kTooLarge);
    EXPECT_EQ(to_csv(*table).error().code, Code::kTooLarge);
    EXPECT_EQ(to_xlsx(*table, TimeMs{1}).error().code, Code::kTooLarge);
  }
}

TEST(ExportDeathTest, ARowThatDoesNotFitItsColumnsIsABug) {
  const Table short_row{"t", {{"a"}, {"b"}}, {{std::monostate{}}}};
  const Table text_as_number{"t", {{"a", ColumnType::kNumber}}, {{std::string("1")}}};
  EXPECT_DEATH((void)to_tsv(short_row), "check failed");
  EXPECT_DEATH((void)to_csv(text_as_number), "check failed");
}

TEST(Xlsx, TheSameTableAndTimeGiveTheSameBytes) {
  const auto first = to_xlsx(kDay, TimeMs{1'790'000'000'000});
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(first->substr(0, 4), "PK\x03\x04");
  EXPECT_EQ(*to_xlsx(kDay, TimeMs{1'790'000'000'000}), *first);
  EXPECT_NE(*to_xlsx(kDay, TimeMs{1'790'000'060'000}), *first);
}

TEST(Xlsx, AnEmptyTableAndAnEmptyTitleAreStillAWorkbook) {
  EXPECT_TRUE(to_xlsx({"", {}, {}}, TimeMs{1}).ok());
  EXPECT_TRUE(to_xlsx({"'", {{"a"}}, {}}, TimeMs{0}).ok());
  EXPECT_TRUE(to_xlsx({std::string(300, 'x'), {{"a"}}, {}}, TimeMs{0}).ok());
}

}  // namespace
}  // namespace opora::app
