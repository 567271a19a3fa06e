/* Stand-in: see README.md. */
#ifndef GPIO_NUM_H
#define GPIO_NUM_H
typedef enum { GPIO_NUM_NC = -1, GPIO_NUM_0 = 0, GPIO_NUM_13 = 13, GPIO_NUM_MAX = 55 } gpio_num_t;
#endif
