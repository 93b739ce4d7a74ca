#include "protocol/domain/phone.h"

#include <gtest/gtest.h>

namespace opora::protocol {
namespace {

struct Row {
  const char* typed;
  const char* number;
  const char* extension;
};

void expect_rows(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    EXPECT_EQ(parse_phone(row.typed), (Phone{row.number, row.extension}))
        << '"' << row.typed << '"';
  }
}

TEST(Phone, EveryWayToWriteARussianNumberIsTheSameNumber) {
  for (const char* typed : {"89991234567",
                            "+79991234567",
                            "79991234567",
                            "9991234567",
                            "8 (999) 123-45-67",
                            "+7 999 123 45 67",
                            "8-999-123-45-67",
                            "+7(999)1234567",
                            "8.999.123.45.67",
                            "8\u00A0999\u00A0123\u201145\u201167",
                            "8 999 123—45—67",
                            "\u202A+7 999 123-45-67\u202C",
                            "тел. 8 999 123 45 67",
                            "8 999 123-45-67 (мама)",
                            "+8 999 123-45-67",
                            "+7 8 999 123-45-67",
                            "sip:+79991234567@10.0.0.1:5060",
                            "\"Иванов 2\" <sip:89991234567@pbx;user=phone>",
                            "tel:+7-999-123-45-67",
                            "#31#89991234567",
                            "9,89991234567",
                            "дом 5, 8 999 123 45 67"}) {
    EXPECT_EQ(parse_phone(typed), (Phone{"+79991234567", ""})) << typed;
  }
}

TEST(Phone, AnExtensionIsFoundBehindEveryMarker) {
  for (const char* typed :
       {"8 (4872) 31-23-45 доб. 12", "84872312345 доб 12", "84872312345, доб. 12",
        "84872312345 (доб. 12)", "84872312345 ДОБАВОЧНЫЙ 12", "84872312345 добавочный: 12",
        "+74872312345 ext 12", "+74872312345 Ext.12", "84872312345x12", "84872312345 х 12",
        "84872312345#12", "84872312345 # 12", "84872312345,12", "84872312345,,,12",
        "84872312345*12", "84872312345 вн. 12", "84872312345 внутр. №12",
        "tel:+74872312345;ext=12"}) {
    EXPECT_EQ(parse_phone(typed), (Phone{"+74872312345", "12"})) << typed;
  }
}

TEST(Phone, OfTwoNumbersTheFirstCountsAndTheSecondIsNoExtension) {
  expect_rows({{"8 (4872) 31-23-45, 31-23-46", "+74872312345", ""},
               {"89991234567 / 89997654321", "+79991234567", ""},
               {"89991234567; 31-23-45", "+79991234567", ""},
               {"доб. 12, 84872312345", "+74872312345", ""},
               {"84872312345 доб. 1234567", "+74872312345", ""}});
}

TEST(Phone, CityAndInternalNumbersKeepAMarkOfTheirOwn) {
  expect_rows({{"31-23-45", "~312345", ""},
               {"2-34-56", "~23456", ""},
               {"312-34-56 доб. 7", "~3123456", "7"},
               {"104", "=104", ""},
               {"доб. 104", "=104", ""},
               {"вн.1042", "=1042", ""},
               {"104#2", "=104", "2"},
               {"103", "=103", ""},
               {"12 34,56 доб", "=1234", "56"},
               {"012345678", "~012345678", ""}});
}

TEST(Phone, ForeignNumbersKeepTheirCountry) {
  expect_rows({{"+375 29 123-45-67", "+375291234567", ""},
               {"8 10 375 29 123-45-67", "+375291234567", ""},
               {"00375291234567", "+375291234567", ""},
               {"375291234567", "+375291234567", ""},
               {"+49 30 123456", "+4930123456", ""},
               {"+84 912 345 678", "+84912345678", ""},
               {"+7 701 234 56 78", "+77012345678", ""},
               {"+380441234567", "+380441234567", ""}});
}

TEST(Phone, HiddenNumbersAndNonsenseAreEmpty) {
  for (const char* typed : {"",
                            " ",
                            "anonymous",
                            "Anonymous <sip:anonymous@anonymous.invalid>",
                            "unknown",
                            "скрыт",
                            "не определён",
                            "private",
                            "+",
                            "+7",
                            "+7999123",
                            "-",
                            "()",
                            "8",
                            "5",
                            "доб.",
                            "#",
                            "0000000000",
                            "+0",
                            "+00000000000",
                            "дом 5, кв. 12",
                            "12345678901234567890",
                            "\xff\xfe",
                            "\xD0",
                            "sip:",
                            "sip:@",
                            "tel:",
                            "<>",
                            "+++",
                            "++7",
                            "№",
                            "привет"}) {
    EXPECT_EQ(parse_phone(typed), Phone{}) << '"' << typed << '"';
  }
}

TEST(Phone, AVeryLongTextIsCutAndNeverRefusedLoudly) {
  EXPECT_TRUE(parse_phone(std::string(100'000, '9')).empty());
  EXPECT_TRUE(parse_phone(std::string(100'000, '+')).empty());
  EXPECT_EQ(parse_phone("89991234567 " + std::string(100'000, 'x')).number, "+79991234567");
}

TEST(Phone, TheKeyLeavesTheExtensionOutBecauseTelephoneSystemsSendNone) {
  EXPECT_EQ(phone_key("8 (4872) 31-23-45 доб. 12"), phone_key("+74872312345"));
  EXPECT_NE(phone_key("312345"), phone_key("84872312345"));
  EXPECT_EQ(phone_key("anonymous"), "");
}

TEST(Phone, TheNormalFormOfANormalFullNumberIsItself) {
  for (const char* full : {"+79991234567", "+375291234567", "+4930123456"}) {
    EXPECT_EQ(phone_key(full), full);
  }
  for (const char* typed : {"780 428 846-09 8", "810 8 900 123-45-6", "00 8 912 345 67 89"}) {
    EXPECT_EQ(phone_key(phone_key(typed)), phone_key(typed)) << typed;
  }
}

}  // namespace
}  // namespace opora::protocol
