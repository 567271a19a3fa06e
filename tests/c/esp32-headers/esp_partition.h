/* Stand-in: see README.md. */
#ifndef ESP_PARTITION_H
#define ESP_PARTITION_H
typedef struct { char label[17]; } esp_partition_t;
typedef enum { ESP_PARTITION_TYPE_APP = 0, ESP_PARTITION_TYPE_DATA = 1 } esp_partition_type_t;
typedef enum { ESP_PARTITION_SUBTYPE_ANY = 255 } esp_partition_subtype_t;
const esp_partition_t *esp_partition_find_first(esp_partition_type_t type, esp_partition_subtype_t subtype, const char *label);
#endif
