// A file's bytes, all at once: for tests that damage what a store has written.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace opora::testing {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace opora::testing
