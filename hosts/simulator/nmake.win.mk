# The SDK's rules for its simulator on Windows, with Mbed TLS. They set C_INCLUDES and LINK_LIBRARIES themselves, and take these two as they find them.

!IF !EXIST("$(MBEDTLS_DIR)\lib\mbedcrypto.lib")
!ERROR There is no Mbed TLS in $(MBEDTLS_DIR): vcpkg install mbedtls:x86-windows-static, or set MBEDTLS_DIR to the folder of its include and lib.
!ENDIF

DIRECTORIES = $(DIRECTORIES) -I$(MBEDTLS_DIR)\include
OBJECTS = $(OBJECTS) $(MBEDTLS_DIR)\lib\mbedcrypto.lib

!INCLUDE $(MODDABLE)\tools\mcconfig\nmake.win.mk
