#include "web/server/json_reader.h"

#include <array>

#include <gtest/gtest.h>

namespace opora::web {
namespace {

enum class Urgency { kLow, kHigh };
constexpr std::array<EnumName<Urgency>, 2> kUrgencies{
    {{"low", Urgency::kLow}, {"high", Urgency::kHigh}}};

// Parses `text`, lets `read` take its fields, and tells the error as "path: message" ("" when there
// is none).
std::string error_of(std::string_view text, const std::function<void(JsonReader&)>& read,
                     UnknownFields unknown = UnknownFields::kRefuse) {
  auto document = JsonDocument::parse(text);
  if (!document.ok()) return document.error().path + ": " + document.error().message;
  JsonReader in = document->read(unknown);
  read(in);
  const auto status = in.finish();
  return status.ok() ? "" : status.error().path + ": " + status.error().message;
}

std::string parse_error(std::string_view text, JsonLimits limits = {}) {
  auto document = JsonDocument::parse(text, limits);
  return document.ok() ? "" : document.error().path + ": " + document.error().message;
}

TEST(JsonReader, ReadsEveryKindOfField) {
  const auto body =
      R"({"name":"Ольга \"О\"","note":"a\nb","count":-5,"yes":true,"at":"2026-11-20T08:31:07.250+03:00",
      "day":"2026-11-20","urgency":"high","inner":{"x":1},"list":[{"y":1},{"y":2}],"ids":[3,4],"tags":["a","б"]})";
  std::vector<std::int64_t> ys;
  EXPECT_EQ(
      error_of(
          body,
          [&](JsonReader& in) {
            EXPECT_EQ(in.line("name"), "Ольга \"О\"");
            EXPECT_EQ(in.text("note"), "a\nb");
            EXPECT_EQ(in.integer("count", {.min = -5, .max = 0}), -5);
            EXPECT_TRUE(in.boolean("yes"));
            EXPECT_EQ(in.time("at"), TimeMs{1'795'152'667'250});
            EXPECT_EQ(in.date("day"),
                      (std::chrono::year_month_day{std::chrono::year(2026), std::chrono::month(11),
                                                   std::chrono::day(20)}));
            EXPECT_EQ(in.required_enum<Urgency>("urgency", kUrgencies), Urgency::kHigh);
            in.object("inner", [](JsonReader& inner) { EXPECT_EQ(inner.integer("x"), 1); });
            in.array("list", {}, [&](JsonReader& element) { ys.push_back(element.integer("y")); });
            EXPECT_EQ(in.integers("ids", {}, {}), (std::vector<std::int64_t>{3, 4}));
            EXPECT_EQ(in.lines("tags", {}, {}), (std::vector<std::string>{"a", "б"}));
          }),
      "");
  EXPECT_EQ(ys, (std::vector<std::int64_t>{1, 2}));
}

TEST(JsonReader, TakesNullForAbsent) {
  EXPECT_EQ(error_of(R"({"a":null,"b":null,"c":null})",
                     [](JsonReader& in) {
                       EXPECT_FALSE(in.has("a"));
                       EXPECT_EQ(in.optional_text("a"), std::nullopt);
                       EXPECT_EQ(in.optional_integer("b"), std::nullopt);
                       in.array("c", {}, [](JsonReader&) { FAIL(); });
                       EXPECT_EQ(in.optional_time("d"), std::nullopt);
                     }),
            "");
  EXPECT_EQ(error_of(R"({"a":null})", [](JsonReader& in) { in.text("a"); }), "a: is required");
}

TEST(JsonReader, NamesTheFieldOnEveryError) {
  const auto element = [](JsonReader& in) {
    in.array("events", {}, [](JsonReader& event) { event.time("at"); });
  };
  EXPECT_EQ(error_of(R"({"events":[{"at":"2026-11-20T05:31:07Z"},{"at":"yesterday"}]})", element),
            "events[1].at: must be an RFC 3339 time with an offset");
  EXPECT_EQ(error_of(R"({"events":[{"at":"1999-11-20T05:31:07Z"}]})", element),
            "events[0].at: must be between the years 2000 and 2100");
  EXPECT_EQ(error_of(R"({"events":[{}]})", element), "events[0].at: is required");
  EXPECT_EQ(error_of(R"({"events":[5]})", element), "events[0]: must be an object");
  EXPECT_EQ(error_of(R"({"events":{}})", element), "events: must be an array");
  EXPECT_EQ(error_of(R"({"events":[{"at":"2026-11-20T05:31:07Z","et":1}]})", element),
            "events[0].et: is not a known field");
  EXPECT_EQ(error_of(R"({"ids":[1,"2"]})", [](JsonReader& in) { in.integers("ids", {}, {}); }),
            "ids[1]: must be an integer");
  EXPECT_EQ(error_of(R"({"ids":["a\nb"]})", [](JsonReader& in) { in.lines("ids", {}, {}); }),
            "ids[0]: must be one line");
  EXPECT_EQ(error_of(R"({"ids":[1]})", [](JsonReader& in) { in.lines("ids", {}, {}); }),
            "ids[0]: must be a string");
  EXPECT_EQ(error_of(R"({"a":{"b":{"c":1}}})",
                     [](JsonReader& in) {
                       in.object("a", [](JsonReader& a) {
                         a.object("b", [](JsonReader& b) { b.text("c"); });
                       });
                     }),
            "a.b.c: must be a string");
  EXPECT_EQ(error_of(R"({"a":{"b":2}})",
                     [](JsonReader& in) { in.optional_object("a", [](JsonReader&) {}); }),
            "a.b: is not a known field");
  EXPECT_EQ(error_of("{}", [](JsonReader& in) { in.object("a", [](JsonReader&) {}); }),
            "a: is required");
}

TEST(JsonReader, ChecksTexts) {
  const auto four = [](JsonReader& in) { in.text("t", {.min_chars = 2, .max_chars = 4}); };
  EXPECT_EQ(error_of(R"({"t":"ёёёё"})", four), "");  // characters, not bytes
  EXPECT_EQ(error_of(R"({"t":"ёёёёё"})", four), "t: must have at most 4 characters");
  EXPECT_EQ(error_of(R"({"t":"ё"})", four), "t: must have at least 2 characters");
  EXPECT_EQ(error_of(R"({"t":""})", four), "t: must not be empty");
  EXPECT_EQ(error_of(R"({"t":"a\n\tb"})", four), "");
  EXPECT_EQ(error_of(R"({"t":"a\u0000"})", four), "t: must not hold control characters");
  EXPECT_EQ(error_of(R"({"t":"a\u007f"})", four), "t: must not hold control characters");
  EXPECT_EQ(error_of(R"({"t":"a\u0085"})", four), "t: must not hold control characters");
  EXPECT_EQ(error_of(R"({"t":"a\u00a0"})", four), "");
  EXPECT_EQ(error_of(R"({"t":"a\r\n"})", four), "t: must not hold control characters");
  EXPECT_EQ(error_of(R"({"t":7})", four), "t: must be a string");
  EXPECT_EQ(error_of(R"({"t":"a\tb"})", [](JsonReader& in) { in.line("t"); }),
            "t: must be one line");
}

// A name with one of these is shown as another.
TEST(JsonReader, RefusesWhatTurnsTheDirectionOfALineAndLeavesItInATextOfMany) {
  for (const char* control :
       {"\u202E", "\u202A", "\u2066", "\u2069", "\u200F", "\u061C", "\u2028"}) {
    const std::string body =
        std::string(R"({"name":"Иванов )") + control + R"(x","note":"a )" + control + R"(b"})";
    const auto document = JsonDocument::parse(body);
    JsonReader lines = document->read(UnknownFields::kIgnore);
    lines.line("name");
    const auto refused = lines.finish();
    ASSERT_FALSE(refused.ok()) << body;
    EXPECT_EQ(refused.error().path, "name");
    EXPECT_EQ(refused.error().message,
              "must not hold characters that change the direction of text");
    JsonReader texts = document->read(UnknownFields::kIgnore);
    EXPECT_EQ(texts.text("note"), std::string("a ") + control + "b");
    EXPECT_TRUE(texts.finish().ok());
  }
}

TEST(JsonReader, DropsThemFromATelephoneNumberOfAnAddressBook) {
  const auto document = JsonDocument::parse("{\"phone\":\"\u202A+7 900 000-00-01\u202C\"}");
  JsonReader in = document->read();
  EXPECT_EQ(in.line("phone", {1, 16, DirectionControls::kDropped}), "+7 900 000-00-01");
  EXPECT_TRUE(in.finish().ok());
}

TEST(JsonReader, ChecksNumbersBooleansAndNames) {
  const auto count = [](JsonReader& in) { in.integer("n", {.min = 0, .max = 10}); };
  EXPECT_EQ(error_of(R"({"n":10})", count), "");
  EXPECT_EQ(error_of(R"({"n":11})", count), "n: must be between 0 and 10");
  EXPECT_EQ(error_of(R"({"n":-1})", count), "n: must be between 0 and 10");
  EXPECT_EQ(error_of(R"({"n":18446744073709551615})", count), "n: must be between 0 and 10");
  EXPECT_EQ(error_of(R"({"n":1.5})", count), "n: must be an integer");
  EXPECT_EQ(error_of(R"({"n":1e1})", count), "n: must be an integer");
  EXPECT_EQ(error_of(R"({"n":99999999999999999999})", count), "n: must be an integer");
  EXPECT_EQ(error_of(R"({"n":"1"})", count), "n: must be an integer");
  EXPECT_EQ(error_of(R"({"b":1})", [](JsonReader& in) { in.boolean("b"); }),
            "b: must be true or false");
  EXPECT_EQ(error_of(R"({"d":"20.11.2026"})", [](JsonReader& in) { in.date("d"); }),
            "d: must be a date, YYYY-MM-DD");
  EXPECT_EQ(error_of(R"({"u":"huge"})",
                     [](JsonReader& in) { in.optional_enum<Urgency>("u", kUrgencies); }),
            "u: must be one of low, high");
  EXPECT_EQ(
      error_of(R"({"u":3})", [](JsonReader& in) { in.optional_enum<Urgency>("u", kUrgencies); }),
      "u: must be a string");
  EXPECT_EQ(error_of("{}", [](JsonReader& in) { in.required_enum<Urgency>("u", kUrgencies); }),
            "u: is required");
}

TEST(JsonReader, ChecksHowManyElementsThereAre) {
  const auto two = [](JsonReader& in) { in.integers("a", {.min_items = 1, .max_items = 2}, {}); };
  EXPECT_EQ(error_of(R"({"a":[1,2]})", two), "");
  EXPECT_EQ(error_of(R"({"a":[1,2,3]})", two), "a: must have at most 2 items");
  EXPECT_EQ(error_of(R"({"a":[]})", two), "a: must have at least 1 items");
  EXPECT_EQ(error_of("{}", two), "a: is required");
}

TEST(JsonReader, KeepsTheFirstErrorAndReadsNothingAfterIt) {
  EXPECT_EQ(error_of(R"({"a":1,"b":2})",
                     [](JsonReader& in) {
                       in.text("a");
                       EXPECT_TRUE(in.failed());
                       EXPECT_EQ(in.integer("b"), 0);
                       in.fail("b", "later");
                     }),
            "a: must be a string");
}

TEST(JsonReader, TakesRulesOfTheCaller) {
  EXPECT_EQ(error_of(R"({"a":{"b":1}})",
                     [](JsonReader& in) {
                       in.object("a", [](JsonReader& a) {
                         a.integer("b");
                         a.fail("b", "is in the future");
                       });
                     }),
            "a.b: is in the future");
  EXPECT_EQ(error_of("{}", [](JsonReader& in) { in.fail("", "makes no sense"); }),
            ": makes no sense");
}

TEST(JsonReader, RefusesUnknownFieldsUnlessToldOtherwise) {
  EXPECT_EQ(error_of(R"({"a":1})", [](JsonReader&) {}), "a: is not a known field");
  EXPECT_EQ(error_of(R"({"a":1})", [](JsonReader&) {}, UnknownFields::kIgnore), "");
  EXPECT_EQ(error_of(R"({"a":null})", [](JsonReader&) {}), "a: is not a known field");
}

TEST(JsonDocument, RefusesARootThatIsNotAnObject) {
  for (const char* text : {"[]", "1", "\"a\"", "null"})
    EXPECT_EQ(error_of(text, [](JsonReader& in) { in.text("a"); }), ": must be an object");
}

TEST(JsonDocument, RefusesWhatIsNotStrictJson) {
  for (const char* text :
       {"", " ", "{", "{\"a\":1,}", "{'a':1}", "{\"a\":01}", "{\"a\":NaN}", "{\"a\":1} x", "{}{}",
        "{\"a\":\"\t\"}", "// c\n{}", "\xEF\xBB\xBF{}", "{\"a\":\"\xFF\"}", "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\x41\"}", "{\"a\" 1}", "[1 2]", "tru", "{\"a\":+1}"}) {
    const auto error = parse_error(text);
    EXPECT_TRUE(error.starts_with(": the body ")) << text << " → " << error;
  }
  EXPECT_EQ(parse_error(" \n{\"a\": 1}\r\n\t "), "");
}

TEST(JsonDocument, RefusesTheSameNameTwice) {
  EXPECT_EQ(parse_error(R"({"a":1,"b":2,"a":3})"), "a: is given twice");
  EXPECT_EQ(parse_error(R"({"x":[{"k":1},{"k":1,"\u006b":2}]})"), "x[1].k: is given twice");
}

TEST(JsonDocument, HoldsItsLimits) {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(parse_error(nested(32)), "");
  EXPECT_EQ(parse_error(nested(33)), ": the body is nested too deeply");
  EXPECT_EQ(parse_error(nested(100'000)), ": the body is nested too deeply");
  EXPECT_EQ(parse_error("[1,2,3]", {.max_elements = 4}), "");
  EXPECT_EQ(parse_error("[1,2,3,4]", {.max_elements = 4}), ": the body has too many values");
  EXPECT_EQ(parse_error(R"({"a":{"b":1,"c":2}})", {.max_members = 1}), "a: has too many fields");
}

}  // namespace
}  // namespace opora::web
