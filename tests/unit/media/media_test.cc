// V6: what may be attached is told by its content, decodes, and has lost what says who made it.
#include "node/media/media.h"

#include <gtest/gtest.h>

#include "tests/unit/media/pictures.h"

namespace opora::node {
namespace {

using protocol::FileKind;
using testing::jpeg;
using testing::pdf;
using testing::PdfTable;
using testing::png;
using testing::with_chunk;

bool has(const Bytes& bytes, std::string_view words) { return bytes.find(words) != Bytes::npos; }

std::string refusal(const Bytes& content) {
  const auto checked = check_file(content);
  if (checked.ok()) return "";
  return std::string(code_name(checked.error().code)) + " " + checked.error().path;
}

TEST(Media, KnowsWhatAFileIsByItsContent) {
  EXPECT_EQ(check_file(jpeg())->kind, FileKind::kJpeg);
  EXPECT_EQ(check_file(jpeg({.progressive = true}))->kind, FileKind::kJpeg);
  EXPECT_EQ(check_file(png())->kind, FileKind::kPng);
  EXPECT_EQ(check_file(png({.interlaced = true}))->kind, FileKind::kPng);
  EXPECT_EQ(check_file(pdf())->kind, FileKind::kPdf);
  EXPECT_EQ(check_file(pdf(PdfTable::kPacked))->kind, FileKind::kPdf);
}

TEST(Media, TakesNothingElse) {
  for (const char* other : {"", "GIF89a", "<svg xmlns=", "MZ", "PK\x03\x04", "<html>", "\xff\xd8"})
    EXPECT_EQ(refusal(other), "unsupported content") << other;
}

TEST(Media, V6TakesOfWhatItKnowsWhatTheSiteTakesAndSaysWhich) {
  const auto pictures = kinds_named({"png", "jpeg", "gif"});
  EXPECT_EQ(pictures, (std::vector{FileKind::kJpeg, FileKind::kPng}));
  EXPECT_TRUE(check_file(png(), pictures).ok());
  const auto refused = check_file(pdf(), pictures);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kUnsupported);
  EXPECT_EQ(refused.error().path, "content");
  EXPECT_EQ(refused.error().message, "taken are: jpeg, png");
  EXPECT_EQ(known_kind_names(), (std::vector<std::string>{"jpeg", "png", "pdf"}));
}

TEST(Media, APictureLosesAllThatDoesNotDrawIt) {
  for (const Bytes& picture :
       {jpeg({.orientation = 6}), jpeg({.orientation = 1, .progressive = true}), png(),
        png({.interlaced = true})}) {
    ASSERT_TRUE(has(picture, "SECRET"));
    const auto checked = check_file(picture);
    ASSERT_TRUE(checked.ok());
    EXPECT_FALSE(has(checked->bytes, "SECRET"));
    EXPECT_LT(checked->bytes.size(), picture.size());
    // What is left is a picture of the same kind, with nothing more to lose.
    EXPECT_EQ(check_file(checked->bytes)->bytes, checked->bytes);
  }
}

TEST(Media, NothingIsHiddenInAPartThatIsKept) {
  const Bytes adobe("Adobe\0\x64\0\0\0\0\x01", 12);
  const auto photo = check_file(jpeg({.adobe = adobe + "SECRET"}));
  EXPECT_TRUE(has(photo->bytes, Bytes("\xff\xee\0\x0e", 4) + adobe));
  EXPECT_FALSE(has(photo->bytes, "SECRET"));
  for (const char* type : {"pHYs", "tRNS", "gAMA", "sRGB"}) {
    const auto drawn = check_file(with_chunk(png(), type, Bytes(300, 'A') + "SECRET"));
    ASSERT_TRUE(drawn.ok()) << type;
    EXPECT_FALSE(has(drawn->bytes, "SECRET")) << type;
  }
  const Bytes size = KeyWriter().u32(3'780).u32(3'780).u8(1).take();
  EXPECT_TRUE(has(check_file(with_chunk(png(), "pHYs", size))->bytes, size));
}

TEST(Media, APhotographStaysTurnedAsItWas) {
  const Bytes turn("\x01\x12\0\x03\0\0\0\x01\0\x06\0\0", 12);
  EXPECT_TRUE(has(check_file(jpeg({.orientation = 6}))->bytes, turn));
  EXPECT_FALSE(has(check_file(jpeg({.orientation = 1}))->bytes, "Exif"));
  EXPECT_FALSE(has(check_file(jpeg())->bytes, "Exif"));
}

TEST(Media, ADamagedPictureIsRefusedWhereverItWasCut) {
  for (const Bytes& picture : {*strip_jpeg(jpeg()), *strip_png(png())}) {
    for (std::size_t size = 12; size < picture.size(); size += 7)
      EXPECT_EQ(refusal(picture.substr(0, size)), "invalid content") << size;
  }
}

TEST(Media, APictureWithoutItsEndIsDamagedAlthoughItsFrameIsWhole) {
  Bytes cut = *strip_jpeg(jpeg({.width = 400, .height = 400}));
  cut = cut.substr(0, cut.size() - 1'000) + "\xff\xd9";
  EXPECT_TRUE(strip_jpeg(cut));
  EXPECT_EQ(refusal(cut), "invalid content");
}

TEST(Media, ChangedBytesNeverEndTheProcess) {
  for (const Bytes& file : {jpeg({.orientation = 6}), png(), pdf(), pdf(PdfTable::kPacked)}) {
    for (std::size_t at = 0; at < file.size(); ++at) {
      Bytes changed = file;
      changed[at] = static_cast<char>(~changed[at]);
      static_cast<void>(check_file(changed));
    }
  }
}

// IHDR says more than the limit; the rest is never looked at.
TEST(Media, RefusesAPictureThatWouldTakeAMinuteToDraw) {
  const auto large = [](std::uint32_t width, std::uint32_t height) {
    const Bytes head = KeyWriter().u32(width).u32(height).raw(Bytes("\x08\x02\0\0\0", 5)).take();
    const Bytes start("\x89PNG\r\n\x1a\n", 8);
    return start + testing::png_chunk("IHDR", head) +
           testing::png_chunk("IDAT", Bytes("\x78\x9c\x03\0\0\0\0\x01", 8)) +
           testing::png_chunk("IEND", "");
  };
  EXPECT_EQ(decode_png(large(16'000, 16'000)).error().message, "the picture has too many pixels");
  EXPECT_FALSE(decode_png(large(2'000'000, 1)).ok());
  EXPECT_EQ(decode_jpeg(*strip_jpeg(jpeg({.width = 16'385, .height = 2}))).error().message,
            "the picture has too many pixels");
}

// libjpeg hands out rows of up to ten colours, unasked.
TEST(Media, RefusesColoursThatNobodyDraws) {
  for (const int colours : {2, 5, 10})
    EXPECT_EQ(refusal(jpeg({.width = 16'000, .progressive = true, .colours = colours})),
              "invalid content")
        << colours;
  EXPECT_EQ(refusal(jpeg({.colours = 1})), "");
}

// A progressive picture is held whole while it is drawn.
TEST(Media, RefusesAPictureThatNeedsMoreMemoryThanOneMayTake) {
  EXPECT_EQ(refusal(jpeg({.width = 6'000, .height = 6'000, .progressive = true})),
            "invalid content");
}

TEST(Media, APdfHasItsObjectsWhereItsTableSays) {
  const Bytes whole = pdf();
  EXPECT_EQ(refusal(whole.substr(0, whole.size() - 8)), "invalid content");
  Bytes moved = whole;
  moved.insert(moved.find("2 0 obj"), " padding ");
  EXPECT_EQ(refusal(moved), "invalid content");
  Bytes rootless = whole;
  rootless.replace(rootless.find("/Root"), 5, "/Boot");
  EXPECT_EQ(refusal(rootless), "invalid content");
  EXPECT_EQ(refusal("%PDF-1.7 and nothing of one"), "invalid content");
}

TEST(Media, APdfsTableThatLeadsInACircleHasAnEnd) {
  Bytes circle = pdf();
  const std::size_t table = circle.find("xref\n0 3");
  const Bytes trailer = "/Root 1 0 R";
  circle.replace(circle.find(trailer, table), trailer.size(),
                 trailer + " /Prev " + std::to_string(table));
  EXPECT_EQ(refusal(circle), "invalid content");
}

// Each part is another place in the same table: the work is counted, not only the parts.
TEST(Media, APdfsTablesHaveAnEndTogether) {
  Bytes long_one = "%PDF-1.5\n1 0 obj\n<< >>\nendobj\n";
  std::string previous;
  for (int part = 0; part < 20; ++part) {
    const std::string at = std::to_string(long_one.size());
    long_one += "xref\n0 60000\n";
    for (int i = 0; i < 60'000; ++i) long_one += "0 0 f ";
    long_one += "trailer\n<< /Root 1 0 R " + previous + " >>\n";
    previous = "/Prev " + at;
  }
  const std::size_t last = long_one.rfind("xref");
  EXPECT_EQ(refusal(long_one + "startxref\n" + std::to_string(last) + "\n%%EOF\n"),
            "invalid content");
}

TEST(Media, APdfThatPacksABombIsNotUnpackedToItsEnd) {
  Bytes bomb = pdf(PdfTable::kBomb);
  EXPECT_LT(bomb.size(), std::size_t{64} << 10);
  EXPECT_EQ(refusal(bomb), "invalid content");
}

TEST(Media, APdfsPackedTableUnpacks) {
  Bytes broken = pdf(PdfTable::kPacked);
  broken[broken.find("stream\r\n") + 10] ^= 0x55;
  EXPECT_EQ(refusal(broken), "invalid content");
}

}  // namespace
}  // namespace opora::node
