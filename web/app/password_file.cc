#include "web/app/password_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>

namespace opora::app {

namespace {

bool is_one_line(const std::string& text) {
  return std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

Result<std::string> read_password_file(const std::string& file, const char* option) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0 || !S_ISREG(about.st_mode))
    return invalid(option, file + ": no such file");
  if ((about.st_mode & S_IROTH) != 0)
    return invalid(option, file + ": everybody may read it; chmod o-r");
  std::ifstream in(file);
  std::string password;
  if (!std::getline(in, password)) return invalid(option, file + ": cannot be read, or is empty");
  if (!password.empty() && password.back() == '\r') password.pop_back();
  if (password.empty() || password.size() > kMaxPasswordBytes || !is_one_line(password))
    return invalid(option, file + ": its first line is no password");
  return password;
}

}  // namespace opora::app
