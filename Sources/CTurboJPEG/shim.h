// The TurboJPEG interface of libjpeg-turbo as the system installs it.
#ifndef TEMPER_TURBOJPEG_SHIM_H
#define TEMPER_TURBOJPEG_SHIM_H
#include <turbojpeg.h>
#endif
