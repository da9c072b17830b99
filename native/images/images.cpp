// A flat C ABI over OpenCV's image codecs: decode JPEG, PNG, BMP or WebP to planes of bytes, and encode them.
//
// Rules that every function here keeps:
//   * `noexcept`; a failure becomes a status and a message that travels with the call.
//   * Only fixed-width integers and pointers cross the boundary.
//   * Pixels are bytes, plane by plane (red, green, blue; or one grey plane), row by row.
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#define AC_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

char* copy_text(const std::string& text) noexcept {
  auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy != nullptr) std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

void quiet() {
  static const bool once = [] {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    // OpenCV prints each error beside throwing it, unless a function of ours takes the report.
    cv::redirectError([](int, const char*, const char*, const char*, int, void*) { return 0; });
    return true;
  }();
  (void)once;
}

template <typename Body>
int32_t guarded(char** error, Body&& body) noexcept {
  try {
    quiet();
    body();
    return 0;
  } catch (const cv::Exception& e) {
    *error = copy_text(e.err);
    return 1;
  } catch (const std::exception& e) {
    *error = copy_text(e.what());
    return 1;
  } catch (...) {
    *error = copy_text("OpenCV failed");
    return 1;
  }
}

// Turns a picture upright, given the orientation that its EXIF data state (1 to 8).
cv::Mat upright(const cv::Mat& image, int32_t orientation) {
  cv::Mat turned;
  switch (orientation) {
    case 2: cv::flip(image, turned, 1); return turned;
    case 3: cv::rotate(image, turned, cv::ROTATE_180); return turned;
    case 4: cv::flip(image, turned, 0); return turned;
    case 5: cv::transpose(image, turned); return turned;
    case 6: cv::rotate(image, turned, cv::ROTATE_90_CLOCKWISE); return turned;
    case 7: cv::transpose(image, turned); cv::rotate(turned, turned, cv::ROTATE_180); return turned;
    case 8: cv::rotate(image, turned, cv::ROTATE_90_COUNTERCLOCKWISE); return turned;
    default: return image;
  }
}

}  // namespace

// Decodes a file's bytes into `channels` planes (1 or 3) of height × width, which must be the size of the picture once it is
// upright: the caller knows it from the file's header.
AC_EXPORT int32_t ai_decode(const uint8_t* bytes, int64_t length, int32_t orientation, int32_t channels, int32_t height,
                            int32_t width, uint8_t* planes, char** error) noexcept {
  return guarded(error, [&] {
    if (length <= 0 || length > INT32_MAX) throw std::runtime_error("a file of a size that can't be decoded");
    const cv::Mat file(1, static_cast<int>(length), CV_8UC1, const_cast<uint8_t*>(bytes));
    const int mode = (channels == 1 ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR) | cv::IMREAD_IGNORE_ORIENTATION;
    cv::Mat image = cv::imdecode(file, mode);
    if (image.empty()) throw std::runtime_error("the picture can't be decoded: it is damaged or truncated");
    image = upright(image, orientation);
    if (image.rows != height || image.cols != width || image.channels() != channels) {
      throw std::runtime_error("the picture is of another size than its header says");
    }
    std::vector<cv::Mat> out;
    const size_t plane = static_cast<size_t>(height) * width;
    // OpenCV keeps blue first.
    for (int c = channels - 1; c >= 0; c--) out.emplace_back(height, width, CV_8UC1, planes + plane * c);
    cv::split(image, out);
  });
}

// Encodes planes into the format that `extension` (".png", ".jpg", ".bmp", ".webp") names; `quality` (1..100) counts for
// JPEG and WebP. The bytes are freed by ai_memory_free.
AC_EXPORT int32_t ai_encode(const uint8_t* planes, int32_t channels, int32_t height, int32_t width, const char* extension,
                            int32_t quality, uint8_t** bytes, int64_t* length, char** error) noexcept {
  return guarded(error, [&] {
    std::vector<cv::Mat> in;
    const size_t plane = static_cast<size_t>(height) * width;
    for (int c = channels - 1; c >= 0; c--) in.emplace_back(height, width, CV_8UC1, const_cast<uint8_t*>(planes) + plane * c);
    cv::Mat image;
    cv::merge(in, image);
    std::vector<uint8_t> encoded;
    const std::string kind = extension;
    std::vector<int> settings;
    if (kind == ".jpg") settings = {cv::IMWRITE_JPEG_QUALITY, quality};
    if (kind == ".webp") settings = {cv::IMWRITE_WEBP_QUALITY, quality};
    if (!cv::imencode(kind, image, encoded, settings)) throw std::runtime_error("the picture can't be encoded as " + kind);
    auto* copy = static_cast<uint8_t*>(std::malloc(encoded.size()));
    if (copy == nullptr) throw std::bad_alloc();
    std::memcpy(copy, encoded.data(), encoded.size());
    *bytes = copy;
    *length = static_cast<int64_t>(encoded.size());
  });
}

AC_EXPORT void ai_memory_free(void* memory) noexcept { std::free(memory); }
