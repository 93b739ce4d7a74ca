// Runs a fuzz target once over every file of its corpus, and over each of them cut short and with
// bits flipped: what ctest can repeat without clang. An input that once crashed becomes a file
// there.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "protocol/base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

void run_variants(const std::string& text) {
  run(text);
  std::string digits = text.substr(text.starts_with("hex:") ? 4 : 0);
  std::erase(digits, '\n');
  const auto decoded = text.starts_with("hex:") ? opora::from_hex(digits) : std::nullopt;
  const std::string bytes = decoded.value_or(text);
  for (std::size_t size = 0; size < bytes.size(); ++size) run(bytes.substr(0, size));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const int mask : {0x01, 0x80, 0xff}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ mask);
      run(changed);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
    return 2;
  }
  std::error_code error;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1], error)) {
    std::ifstream in(entry.path(), std::ios::binary);
    run_variants({std::istreambuf_iterator<char>(in), {}});
    ++files;
  }
  if (error || files == 0) {
    std::fprintf(stderr, "no corpus in %s\n", argv[1]);
    return 1;
  }
  std::printf("%d files\n", files);
  return 0;
}
